/* Migrates a database, and is killed in the middle of it. */
import { DatabaseSync } from 'node:sqlite';
import { migrate } from '../src/migrate.ts';

class Dying extends DatabaseSync {
  override exec(sql: string): void {
    if (sql.includes('create table facts')) process.kill(process.pid, 'SIGKILL');
    super.exec(sql);
  }
}

const [path = ''] = process.argv.slice(2);
const db = new Dying(path);
db.exec('pragma journal_mode = wal');
migrate(db, path);
