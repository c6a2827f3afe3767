import { inspect } from 'node:util';
import { run } from 'skein';
import { item, main } from '../pipelines/unready.ts';

// A program of a user: what failed goes on once the world is another.
const first = await run(main, [3]).done;
console.log(first.status, first.resumed);
process.env['READY'] = 'yes';
const { run: id, status, result, actions, resumed } = await run(main, [3], { resume: 'last' }).done;
console.log(inspect({ sameRun: resumed?.run === first.run, status, result, actions }));
console.log(inspect({ adopted: resumed?.adopted, madeByEarlier: resumed?.madeByEarlier }));

const named = await run(main, [3], { resume: id ?? '', edited: 'execute' }).done;
console.log(named.status, named.actions);

const other = await run(item, [1], { resume: id ?? '' }).done;
console.log(other.status, String(other.error));
const none = await run(item, [1], { resume: 'last' }).done;
console.log(none.status, String(none.error));
