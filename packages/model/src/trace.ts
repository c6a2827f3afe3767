import type { ActionKey } from './key.ts';
import type { LogPrefix } from './log.ts';
import type { Impurity, Wave } from './observation.ts';
import type { Outcome } from './outcome.ts';
import type { Provenance } from './provenance.ts';
import type { TaskId } from './task.ts';

/** Memory of one execution (T1). */
export interface Trace {
  readonly key: ActionKey;
  readonly task: TaskId;
  readonly waves: readonly Wave[];
  /** The part of its process's log that the action could have used (O3); `null`: an empty one. */
  readonly log: LogPrefix | null;
  readonly outcome: Outcome;
  /** What made it irreproducible (O8): never an answer under `strict`. */
  readonly impurities: readonly Impurity[];
  /** Where and when it was made: run id, action, milliseconds since 1970. */
  readonly run: string;
  readonly action: number;
  readonly at: number;
  /** How long the execution took, milliseconds. */
  readonly durationMs: number;
  /** Who shared it; absent: it was made with this state. */
  readonly origin?: Provenance;
}
