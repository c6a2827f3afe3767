import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ActionKey, Trace } from '@skein/model';
import { digestsIn, packKey } from './packed.ts';
import { decodeTrace, encodeTrace, isOutdated, isSameTrace } from './stored-trace.ts';
import { TRACES_PER_KEY } from './trace-store.ts';

const TABLE = `
create table if not exists traces (
  id integer primary key,
  prefix integer not null,
  key blob not null,
  body blob not null
);
create index if not exists traces_by_key on traces (prefix);
`;

/** In the order of the list, and of `id` within one of its members. */
const SELECT_MANY = `
select list.key, traces.key, traces.body
from json_each(?) as list cross join traces on traces.prefix = list.value`;

/** Keys of one query: the answer to it is held in memory. */
const KEYS_AT_ONCE = 4_096;

/**
 * Traces in SQLite. An index over the first 48 bits of the key costs a third of one over the
 * whole: it stays small, and the rest of the key is compared in the row.
 */
export class TraceTable {
  /** Rows that could not be read, and count as never written. */
  damaged = 0;
  readonly #select: StatementSync;
  readonly #selectMany: StatementSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #selectNaming: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(TABLE);
    this.#select = db.prepare(
      'select id, body from traces where prefix = ? and key = ? order by id desc',
    );
    this.#select.setReturnArrays(true);
    this.#selectMany = db.prepare(SELECT_MANY);
    this.#selectMany.setReturnArrays(true);
    this.#insert = db.prepare('insert into traces (prefix, key, body) values (?, ?, ?)');
    this.#delete = db.prepare('delete from traces where id = ?');
    this.#selectNaming = db.prepare('select id, key, body from traces where instr(body, ?) > 0');
    this.#selectNaming.setReturnArrays(true);
  }

  /** Newest first. */
  lookUp(key: ActionKey): Trace[] {
    return this.#rows(key).flatMap(({ trace }) => trace ?? []);
  }

  /** Newest first for each key that has one; one query for thousands of keys. */
  lookUpMany(keys: readonly ActionKey[]): Map<ActionKey, Trace[]> {
    const found = new Map<ActionKey, Trace[]>();
    for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
      this.#lookUpChunk(keys.slice(from, from + KEYS_AT_ONCE), found);
    }
    return found;
  }

  #lookUpChunk(keys: readonly ActionKey[], found: Map<ActionKey, Trace[]>): void {
    const list = keys.map((key) => ({ key, ...packKey(key) }));
    list.sort((one, other) => one.prefix - other.prefix);
    const prefixes = JSON.stringify(list.map(({ prefix }) => prefix));
    for (const row of this.#selectMany.iterate(prefixes)) {
      const [index, bytes, body] = row as unknown as [number, Uint8Array, Uint8Array];
      const wanted = list[index];
      if (wanted === undefined || Buffer.compare(wanted.bytes, bytes) !== 0) continue;
      const trace = this.#decode(wanted.key, body);
      if (trace !== undefined) found.set(wanted.key, [trace, ...(found.get(wanted.key) ?? [])]);
    }
  }

  /**
   * What cannot be read makes room, too. True where the newest trace that can be read had another
   * outcome (T6). What somebody else made takes no place of the same that is there.
   */
  write(trace: Trace): boolean {
    const older = this.#rows(trace.key);
    if (
      trace.origin !== undefined &&
      older.some((row) => row.trace && isSameTrace(row.trace, trace))
    ) {
      return false;
    }
    const others = older.filter((row) => row.trace && !isSameTrace(row.trace, trace));
    const left = new Set(others.slice(0, TRACES_PER_KEY - 1));
    for (const row of older) if (!left.has(row)) this.#delete.run(row.id);
    const { prefix, bytes } = packKey(trace.key);
    this.#insert.run(prefix, bytes, encodeTrace(trace));
    const newest = older.find((row) => row.trace !== undefined)?.trace;
    return newest !== undefined && newest.outcome.digest !== trace.outcome.digest;
  }

  /** Deletes every trace that one of these shared, and gives them. Reads the whole table. */
  forget(writers: readonly string[]): readonly Trace[] {
    const gone: Trace[] = [];
    for (const writer of writers) {
      const rows = this.#selectNaming.all(Buffer.from(writer)) as unknown as NamingRow[];
      for (const [id, packed, body] of rows) {
        const key = digestsIn(packed)[0] as ActionKey | undefined;
        const trace = key === undefined ? undefined : decodeTrace(key, body);
        if (trace?.origin?.writer !== writer) continue;
        this.#delete.run(id);
        gone.push(trace);
      }
    }
    return gone;
  }

  #rows(key: ActionKey): TraceRow[] {
    const { prefix, bytes } = packKey(key);
    return this.#select.all(prefix, bytes).map((row) => {
      const [id, body] = row as unknown as [id: number, body: Uint8Array];
      return { id, trace: this.#decode(key, body) };
    });
  }

  #decode(key: ActionKey, body: Uint8Array): Trace | undefined {
    const trace = decodeTrace(key, body);
    if (trace === undefined && !isOutdated(body)) this.damaged += 1;
    return trace;
  }
}

type NamingRow = [id: number, key: Uint8Array, body: Uint8Array];

interface TraceRow {
  readonly id: number;
  readonly trace: Trace | undefined;
}
