import { digestFrom } from '@skein/values';
import type { Digest } from '@skein/values';
import type { TaskId } from './task.ts';

/** Something an execution observed, with the digest it had. Absence is `null`. */
export type Observation = PlainObservation | CallObservation | MapObservation;

/** What was seen of the world outside, calls of tasks aside. */
export type PlainObservation =
  | FileObservation
  | ListingObservation
  | StatObservation
  | VariableObservation
  | ModuleObservation;

/**
 * The bytes of a file (O1). `digest` is the SHA-256 and length of the bytes themselves; of
 * another error than absence, that of its code. Paths inside the workspace are relative to its
 * root with `/`, all others absolute (O2).
 */
export interface FileObservation {
  readonly kind: 'file';
  readonly path: string;
  readonly digest: Digest | null;
}

/** The names in a folder with their types. */
export interface ListingObservation {
  readonly kind: 'listing';
  readonly path: string;
  readonly digest: Digest | null;
}

/**
 * What was asked of a path without reading it. `exists`: file, folder or other; `stat` and
 * `lstat`: type, size, executable bit; `link`: where a link points; `real`: the path without links;
 * `mode`: type and all permission bits.
 */
export type StatAspect = 'exists' | 'stat' | 'lstat' | 'link' | 'real' | 'mode';

export interface StatObservation {
  readonly kind: 'stat';
  readonly path: string;
  readonly aspect: StatAspect;
  readonly digest: Digest | null;
}

/** An environment variable that was read by name (O6). */
export interface VariableObservation {
  readonly kind: 'variable';
  readonly name: string;
  readonly digest: Digest | null;
}

/** A look-up of a module at run time: what was asked for, from where (O2). */
export interface ModuleObservation {
  readonly kind: 'module';
  readonly specifier: string;
  readonly from: string;
  readonly digest: Digest | null;
}

/** A task call with its outcome. `inputs` holds one digest for each argument. */
export interface CallObservation {
  readonly kind: 'call';
  readonly task: TaskId;
  readonly inputs: readonly Digest[];
  readonly outcome: Digest;
  /** How many identical calls the caller had made before. */
  readonly count: number;
  /** Options the call overrode, encoded; they matter to what runs when it is made again. */
  readonly override?: Uint8Array;
}

/** Stands for the outcome of a map's item that never started, because another had failed. */
export const NEVER_STARTED: Digest = digestFrom('0'.repeat(64), 0);

/** A `map` of a task over an array, awaited: one observation (T1). */
export interface MapObservation {
  readonly kind: 'map';
  readonly task: TaskId;
  /** Input digests in order, 40 bytes each. */
  readonly inputs: Uint8Array;
  /** Outcome digests in order, 40 bytes each; `NEVER_STARTED` where there is none. */
  readonly outcomes: Uint8Array;
  readonly concurrency: number;
  readonly settled: boolean;
  readonly override?: Uint8Array;
}

/** What was observed before the next call was made. */
export type Wave = readonly Observation[];

/** Something that makes an execution irreproducible (O8), with the author's line. */
export interface Impurity {
  readonly kind:
    | 'clock'
    | 'randomness'
    | 'network'
    | 'subprocess'
    | 'module-state'
    | 'context'
    | 'open-call';
  /** What was used, as the author would write it: `Date.now()`, `fetch`, `count`. */
  readonly what: string;
  /** Workspace-relative `path:line:column`. */
  readonly at?: string;
}
