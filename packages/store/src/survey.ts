import type { DatabaseSync } from 'node:sqlite';
import type { ActionKey, Trace } from '@skein/model';
import type { Digest } from '@skein/values';
import { digestsIn } from './packed.ts';
import { decodeTrace } from './stored-trace.ts';

/** Rows are read in pages: no reader stands in the way of the log's checkpoints for long. */
const PAGE_ROWS = 500;

/** A row that can be removed, and what it takes. */
export interface SurveyedRow {
  readonly id: number;
  readonly key: Digest;
  readonly bytes: number;
}

export interface SurveyedTrace extends SurveyedRow {
  readonly key: ActionKey;
  /** `undefined`: it cannot be read, and answers nobody. */
  readonly trace: Trace | undefined;
}

export interface SurveyedKept extends SurveyedRow {
  readonly kind: string;
}

export interface SurveyedSummary extends SurveyedRow {
  readonly key: ActionKey;
  readonly body: Uint8Array;
}

export interface SurveyedFile extends SurveyedRow {
  /** The artifact that holds the file `key`. */
  readonly artifact: Digest;
}

/** Everything that stands beside the journal, row by row in the order of writing. */
export class Survey {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  *traces(): Generator<SurveyedTrace> {
    for (const row of this.#pages('select id, key, body from traces where id > ?')) {
      const [id, packed, body] = row as [number, Uint8Array, Uint8Array];
      const key = keyIn(packed) as ActionKey;
      yield { id, key, bytes: body.length + packed.length, trace: decodeTrace(key, body) };
    }
  }

  *kept(): Generator<SurveyedKept> {
    for (const row of this.#pages('select id, key, kind, length(bytes) from kept where id > ?')) {
      const [id, packed, kind, length] = row as [number, Uint8Array, string, number];
      yield { id, key: keyIn(packed), kind, bytes: length + packed.length };
    }
  }

  /** Every row of one kind, with its bytes. */
  *ofKind(kind: string): Generator<{ readonly key: Digest; readonly bytes: Uint8Array }> {
    const query = 'select id, key, bytes from kept where id > ? and kind = ?';
    for (const row of this.#pages(query, kind)) {
      const [, packed, bytes] = row as [number, Uint8Array, Uint8Array];
      yield { key: keyIn(packed), bytes };
    }
  }

  *summaries(): Generator<SurveyedSummary> {
    for (const row of this.#pages('select id, key, body from summaries where id > ?')) {
      const [id, packed, body] = row as [number, Uint8Array, Uint8Array];
      yield { id, key: keyIn(packed) as ActionKey, bytes: body.length + packed.length, body };
    }
  }

  *files(): Generator<SurveyedFile> {
    for (const row of this.#pages('select id, file, artifact from artifact_files where id > ?')) {
      const [id, file, artifact] = row as [number, Uint8Array, Uint8Array];
      const bytes = file.length + artifact.length;
      yield { id, key: keyIn(file), artifact: keyIn(artifact), bytes };
    }
  }

  *#pages(query: string, ...more: string[]): Generator<unknown> {
    const page = this.#db.prepare(`${query} order by id limit ${PAGE_ROWS}`);
    page.setReturnArrays(true);
    for (let after = 0; ;) {
      const rows = page.all(after, ...more) as unknown as [number, ...unknown[]][];
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last[0];
    }
  }
}

/** What is no key belongs to nobody. */
const NO_KEY = '' as Digest;

function keyIn(packed: Uint8Array): Digest {
  return digestsIn(packed)[0] ?? NO_KEY;
}
