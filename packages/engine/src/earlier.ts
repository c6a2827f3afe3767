import type { Digest } from '@skein/values';
import type { ActionNumber, Reason, RunId } from '@skein/model';
import type { EarlierAction } from './earlier-action.ts';
import type { LiveAction } from './live-action.ts';
import type { PreparedTask } from './prepare.ts';

/** A call as it is looked for on record. */
export interface SoughtCall {
  readonly task: PreparedTask;
  readonly inputs: readonly Digest[];
  /** As `CallSpec.identity` has it, and how many identical calls came before. */
  readonly identity: string;
  readonly count: number;
}

/** The runs that a run goes on from (R1): what they have of its calls, and who gets it. */
export interface Earlier {
  /** What becomes of results that other code or data made (R2). */
  readonly edited: 'adopt' | 'execute';
  /**
   * The same call in earlier runs, the newest first; where one is a result, it is the last but for
   * the action that it was itself adopted from. Of calls that are not cached no action is given
   * to two of them.
   */
  match(caller: LiveAction, call: SoughtCall): readonly EarlierAction[];
  /**
   * Takes an earlier result as a whole, with all that was called beneath: nobody else gets any of
   * that. False where somebody has something of it already.
   */
  take(action: LiveAction): boolean;
  /** The run that executed it, as far as that is on record, and its number there. */
  originOf(found: EarlierAction): { readonly run: RunId; readonly action: ActionNumber };
  /** What of it, or of what it called, no strict task may stand on (O8). */
  impureIn(found: EarlierAction): Reason | undefined;
  /** What is at the bottom of it, where it was made otherwise: of what it called, or its own. */
  causeOf(found: EarlierAction): Promise<Reason | undefined>;
  /** Something that was looked at is written to: what is known of observations may not hold. */
  forget(): void;
}
