import type {
  ActionKey,
  ActionNumber,
  MadeElsewhere,
  Outcome,
  Reason,
  ResultOutcome,
} from '@skein/model';
import type { EarlierAction } from './earlier-action.ts';

interface Answer {
  readonly outcome: Outcome;
  readonly thrower: ActionNumber;
  /** It holds for this moment or this run only: nobody may take it for verified. */
  readonly volatile: boolean;
  /** Other code or data than today's had a part in it: no trace may stand on it (R3). */
  readonly tainted: boolean;
}

/** How an outcome came about. `known-failure` answers checks only. */
export type SettledCall =
  | (Answer & { readonly how: 'executed'; readonly action: ActionNumber })
  | (Answer & {
      readonly how: 'reused' | 'joined' | 'known-failure';
      readonly key: ActionKey;
      /** Who made it, where that was somebody else. */
      readonly elsewhere?: MadeElsewhere | undefined;
    })
  | AdoptedCall
  /** A check could not make the call: its inputs' bytes are gone. */
  | { readonly how: 'impossible' };

/** An earlier run finished it (R1). */
export interface AdoptedCall extends Answer {
  readonly how: 'adopted';
  readonly outcome: ResultOutcome;
  readonly key: ActionKey | null;
  readonly from: EarlierAction;
  readonly reason: Reason;
}
