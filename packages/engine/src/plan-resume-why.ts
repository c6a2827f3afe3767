import type { ActionState } from '@skein/journal';
import type { Digest } from '@skein/values';
import type { Reason, WhyLeft } from '@skein/model';
import { decodeThrown } from '@skein/sdk';
import type { Fate } from './plan-outlook.ts';

/** Why a call was not adopted. */
export type Left =
  | { readonly kind: 'forced' }
  /** It came to an error, or to no end. */
  | { readonly kind: 'no-result'; readonly state: ActionState }
  | { readonly kind: 'edited'; readonly made: Reason }
  | { readonly kind: 'impure'; readonly reason: Reason }
  | { readonly kind: 'bytes-missing'; readonly digest: Digest }
  /** No such call is on record, or another call has it. */
  | { readonly kind: 'unknown' };

/** The same for people: an earlier failure says more than that nothing is known. */
export function whyLeft(
  left: Left,
  of: {
    readonly fate: Fate | undefined;
    readonly neverStarted: boolean;
  },
): WhyLeft {
  switch (left.kind) {
    case 'forced':
      return { kind: 'other', reason: { kind: 'forced' } };
    case 'impure':
      return { kind: 'other', reason: left.reason };
    case 'edited':
      return { kind: 'edited', made: left.made };
    case 'bytes-missing':
      return { kind: 'other', reason: { kind: 'bytes-missing', digest: left.digest } };
    case 'no-result': {
      const { outcome } = left.state;
      if (outcome?.kind !== 'error') return { kind: 'unfinished' };
      return { kind: 'failed', error: decodeThrown(outcome.bytes) };
    }
    case 'unknown':
      if (of.neverStarted) return { kind: 'never-started' };
      return of.fate?.kind === 'execute' && of.fate.reason.kind === 'key-changed'
        ? { kind: 'other', reason: of.fate.reason }
        : { kind: 'new-inputs' };
  }
}
