import type { Digest } from '@skein/values';
import type { Observation } from './observation.ts';

/**
 * A beginning of a worker process's log (O3): what was observed while its modules were loaded, or
 * by an action that could have kept it. `digest` is that of the last chunk.
 */
export interface LogPrefix {
  /** How many observations it holds. */
  readonly length: number;
  readonly digest: Digest;
}

/**
 * Observations that were added to a log at one go. Its digest covers the chunk before it and the
 * observations, so that one digest names a whole log.
 */
export interface LogChunk extends LogPrefix {
  /** The chunk before it; `null`: it is the first. */
  readonly previous: LogPrefix | null;
  readonly observations: readonly Observation[];
}
