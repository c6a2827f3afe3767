import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVERY_OBSERVATION, TASK, filesOf, keyOf, resultOf, traceOf } from '../test/sample.ts';
import { SqliteUnderTest } from '../test/sqlite.ts';
import { MemoryTraces } from './memory-traces.ts';
import { digestOf } from '@skein/values';

const NAMES = ['a', 'b', 'c'];

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      name: fc.constantFrom(...NAMES),
      value: fc.nat(12),
      waves: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant('settle' as const) },
);

test('traces in SQLite answer like traces in memory, whenever they are folded', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      using tested = new SqliteUnderTest();
      const model = new MemoryTraces();
      for (const [index, step] of steps.entries()) {
        if (step === 'settle') {
          tested.settle();
          continue;
        }
        const outcome =
          step.value > 10 ? filesOf(`artifact ${index}`, step.name) : resultOf(step.value);
        const waves = step.waves ? EVERY_OBSERVATION : [];
        const trace = traceOf(step.name, { outcome, waves, action: index });
        tested.record(trace);
        model.remember(trace);
      }
      const keys = NAMES.map(keyOf);
      expect(tested.store.lookUpMany(keys)).toEqual(model.lookUpMany(keys));
      for (const key of keys) expect(tested.store.lookUp(key)).toEqual(model.lookUp(key));
      expect(tested.store.keysOfTask(TASK)).toEqual(model.keysOfTask(TASK));
      for (const name of NAMES) {
        const file = digestOf('blob', name);
        expect(tested.store.artifactOf(file)).toBe(model.artifactOf(file));
      }
    }),
    { numRuns: 100 },
  );
});
