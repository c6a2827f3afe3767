/* Opens a state directory, and says which format it has and what it warns of. */
import { openDatabase } from '../src/database.ts';
import { formatOf } from '../src/schema.ts';
import { clock, mustSucceed } from './state.ts';

const [dir = ''] = process.argv.slice(2);
const { db, warnings } = mustSucceed(openDatabase(dir, { clock }));
process.stdout.write(`${formatOf(db)} ${warnings.map(({ code }) => code).join(',')}\n`);
db.close();
