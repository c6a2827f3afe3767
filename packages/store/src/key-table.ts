import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { packDigests } from '@skein/values';
import type { ActionKey, TaskId } from '@skein/model';
import { digestsIn } from './packed.ts';
import { KEYS_PER_TASK } from './trace-store.ts';

const TABLE = `
create table if not exists task_keys (
  task text primary key,
  keys blob not null
) without rowid;
`;

/** The newest keys of each task, newest first. */
export class KeyTable {
  readonly #select: StatementSync;
  readonly #replace: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(TABLE);
    this.#select = db.prepare('select keys from task_keys where task = ?');
    this.#replace = db.prepare('insert or replace into task_keys (task, keys) values (?, ?)');
  }

  keysOf(task: TaskId): readonly ActionKey[] {
    const packed = this.#select.get(task)?.['keys'];
    return packed instanceof Uint8Array ? (digestsIn(packed) as ActionKey[]) : [];
  }

  write(task: TaskId, newest: readonly ActionKey[]): void {
    this.#replace.run(task, packDigests(mergeKeys(newest, this.keysOf(task))));
  }

  delete(task: TaskId, keys: ReadonlySet<ActionKey>): void {
    const left = this.keysOf(task).filter((key) => !keys.has(key));
    this.#replace.run(task, packDigests(left));
  }
}

/** Newest first, none twice, bounded. */
export function mergeKeys(
  newer: readonly ActionKey[],
  older: readonly ActionKey[],
): readonly ActionKey[] {
  return [...new Set([...newer, ...older])].slice(0, KEYS_PER_TASK);
}
