import type { ActionKey, Trace } from '@skein/model';

/**
 * Traces that lie far away, behind the near store: what is found is learned by the near one
 * (`TraceStore.learn`) before it is told. Nothing here rejects, and nothing waits for long: no
 * answer, a late, a wrong or a forged one is a miss (P4, D7).
 */
export interface FarTraces {
  /**
   * What is known of the keys, newest first; a key without a trace is absent. Questions asked at
   * about the same time travel in one request, and each key is asked for once a run.
   */
  find(keys: readonly ActionKey[]): Promise<ReadonlyMap<ActionKey, readonly Trace[]>>;
  /** Asks for keys that will probably be wanted. `learned` is told each trace that was found. */
  prefetch(keys: readonly ActionKey[], learned: (trace: Trace) => void): void;
  /**
   * Brings near what the trace's recorded calls are made with (T5), files that the values name
   * included. False where something of it is gone: then its calls cannot be made.
   */
  bringInputs(trace: Trace): Promise<boolean>;
  /** A trace that this run made: shared behind the run's back, where it may be. */
  offer(trace: Trace): void;
}
