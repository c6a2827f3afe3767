import { MemoryTraces } from './memory-traces.ts';
import { conformTraceStore } from './trace-store.conformance.ts';

conformTraceStore('memory', () => {
  const store = new MemoryTraces();
  return {
    store,
    record: (trace) => store.remember(trace),
    settle: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
});
