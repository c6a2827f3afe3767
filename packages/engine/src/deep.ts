import type { ActionKey, Outcome, Trace } from '@skein/model';
import type { PreparedTask } from './prepare.ts';

/** The deep summaries of one run (T6): what they answer, and what is to have one at its end. */
export interface Deep {
  /**
   * The result of an action, where a summary has one that holds: instead of the walk. `wantsAnswer`
   * is asked late: a running caller, who opens its files, may join meanwhile.
   */
  answer(
    task: PreparedTask,
    key: ActionKey,
    wantsAnswer: () => boolean,
  ): Promise<DeepOutcome | undefined>;
  /** An action was executed, or found by a walk: if it calls others it may get a summary. */
  note(task: PreparedTask, override: Uint8Array | undefined, trace: Trace): void;
  /** All that the store has of a key, newest first: it need not be asked again at the end. */
  looked(key: ActionKey, traces: readonly Trace[]): void;
  /** Keeps what is to be kept, once nothing of the run goes on any more. */
  keep(): Promise<void>;
}

/** Only an action that calls others can have a summary. */
export function makesCalls({ waves }: Trace): boolean {
  return waves.some((wave) => wave.some(({ kind }) => kind === 'call' || kind === 'map'));
}

export interface DeepOutcome {
  readonly outcome: Outcome;
  /** True where it holds for this moment only (W2). */
  readonly fleeting: boolean;
}
