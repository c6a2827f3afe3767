import type { ActionKey, ActionNumber, Outcome } from '@skein/model';

/** How an outcome came about. `known-failure` answers checks only. */
export type SettledCall =
  | {
      readonly how: 'executed';
      readonly outcome: Outcome;
      readonly action: ActionNumber;
      readonly thrower: ActionNumber;
      readonly volatile: boolean;
    }
  | {
      readonly how: 'reused' | 'joined' | 'known-failure';
      readonly outcome: Outcome;
      readonly key: ActionKey;
      readonly thrower: ActionNumber;
      readonly volatile: boolean;
    }
  /** A check could not make the call: its inputs' bytes are gone. */
  | { readonly how: 'impossible' };
