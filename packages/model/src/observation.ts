import { digestFrom } from '@skein/values';
import type { Digest } from '@skein/values';
import type { TaskId } from './task.ts';

/** Something an execution observed, with the digest it had. Absence is `null`. */
export type Observation =
  | { readonly kind: 'file'; readonly path: string; readonly digest: Digest | null }
  | { readonly kind: 'listing'; readonly path: string; readonly digest: Digest | null }
  | { readonly kind: 'variable'; readonly name: string; readonly digest: Digest | null }
  | {
      readonly kind: 'module';
      readonly specifier: string;
      readonly from: string;
      readonly digest: Digest | null;
    }
  | CallObservation
  | MapObservation;

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
  readonly what: string;
  readonly at?: string;
}
