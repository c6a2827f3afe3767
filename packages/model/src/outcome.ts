import type { Digest } from '@skein/values';

/** Where the bytes of an encoded value are: in the record itself, or in an artifact. */
export type ValueBytes =
  | { readonly at: 'inline'; readonly bytes: Uint8Array }
  | { readonly at: 'artifact'; readonly artifact: Digest };

/** An encoded result, named by the digest of its bytes. */
export interface ResultOutcome {
  readonly kind: 'result';
  readonly digest: Digest;
  readonly value: ValueBytes;
  /** The tar that holds the files the value names, and the value itself where it is large. */
  readonly artifact?: Digest;
  /** Blob digests of the files in `artifact`, 40 bytes each. */
  readonly files?: Uint8Array;
}

/**
 * The author's error. `digest` covers class, message, fields and cause, never the stack (T4);
 * `bytes` is the encoded `ErrorRecord`.
 */
export interface ErrorOutcome {
  readonly kind: 'error';
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly fault: Fault;
  /** True for `NonRecoverableError` and its subclasses: no further attempt is made (R6). */
  readonly unrecoverable?: true;
}

/**
 * Whose fault an error is. `author`: thrown by the task. The others are made by Skein and are
 * never kept as a trace, nor is a caller that caught one (T4).
 */
export type Fault =
  | 'author'
  | 'timeout'
  | 'cancelled'
  | 'lost'
  | 'memory'
  | 'capacity'
  | 'encoding'
  | 'usage'
  | 'disk';

export type Outcome = ResultOutcome | ErrorOutcome;

/** An error as it crosses processes (X7). */
export interface ErrorRecord {
  /** `module#Class` of the author's class, a global's name, or `skein#TimeoutError`. */
  readonly class: string;
  /** The constructor's name, for people. */
  readonly name: string;
  readonly message: string;
  /** Own enumerable fields; one that cannot be encoded is a text that says so. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause?: ThrownRecord;
  /** Members of an AggregateError. */
  readonly errors?: readonly ThrownRecord[];
  readonly stack: string;
}

/** What was thrown: an error, or any other value. */
export type ThrownRecord =
  | { readonly kind: 'error'; readonly error: ErrorRecord }
  | { readonly kind: 'value'; readonly value: unknown };
