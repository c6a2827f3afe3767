import type { Clock, Randomness } from '@skein/model';
import type { ObjectStore } from './objects.ts';
import type { Revocations } from './revocations.ts';
import type { ShareLimits } from './shared-store.ts';
import type { Verified } from './verified.ts';
import type { Writers } from './writers.ts';

/** What the parts of one depot have in common. */
export interface DepotFrame {
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly unsigned: boolean;
  readonly limits: ShareLimits;
  readonly revocations: Revocations;
  readonly writers: Writers;
  readonly verified: Verified;
}

/** How much is asked of the storage at once. */
export function concurrencyOf(objects: ObjectStore): number {
  return objects.near ? 8 : 32;
}
