import type { ActionState } from '@skein/journal';
import type { Reason, RunId } from '@skein/model';

/** An action on record that was the same call as one of this run (R1). */
export interface EarlierAction {
  readonly run: RunId;
  readonly state: ActionState;
  /**
   * What is different today from what made it, in its own code or data or beneath it; `undefined`:
   * nothing is. Looked at once.
   */
  readonly madeOtherwise: () => Promise<Reason | undefined>;
}
