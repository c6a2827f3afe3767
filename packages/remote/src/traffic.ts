import type { SharedStore } from '@skein/store';

/** Bytes that went over the wire, bodies alone. */
export class Traffic {
  down = 0;
  up = 0;
  requests = 0;
}

/** A shared store that counts. `steady`: a body is counted as it goes, not when it has gone. */
export interface MeteredShare extends SharedStore {
  readonly traffic: Traffic;
  readonly steady: boolean;
  /** Lets go of its connections. */
  close(): void;
}
