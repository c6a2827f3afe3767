import type { Trace } from '@skein/model';
import type { TraceStore } from '../src/trace-store.ts';

/** A store under test; after `settle` what was handed over must have reached where it is kept. */
export interface StoreUnderTest extends Disposable {
  /** Hands a trace over the way the engine does. */
  readonly record: (trace: Trace) => void;
  /** The store to ask; after `settle` one that was opened anew, where there is such a thing. */
  readonly store: TraceStore;
  readonly settle: () => void;
}
