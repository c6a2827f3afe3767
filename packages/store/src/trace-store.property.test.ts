import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  EVERY_OBSERVATION,
  TASK,
  filesOf,
  keyOf,
  resultOf,
  sharedOf,
  traceOf,
  writerOf,
} from '../test/sample.ts';
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
      writer: fc.constantFrom(undefined, undefined, 'a', 'b'),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom('forget a' as const, 'forget b' as const) },
  { weight: 1, arbitrary: fc.constant('settle' as const) },
);

test('traces in SQLite answer like traces in memory, whenever they are folded', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      using tested = new SqliteUnderTest();
      const model = new MemoryTraces();
      const forgotten = new Set<string>();
      // A process that begins is told of them first.
      const settle = (): void => {
        tested.settle();
        expect(tested.store.forgetWriters(forgotten)).toBe(0);
      };
      for (const [index, step] of steps.entries()) {
        if (step === 'settle') {
          settle();
          continue;
        }
        if (step === 'forget a' || step === 'forget b') {
          const writers = new Set([writerOf(step.slice(-1))]);
          forgotten.add(writerOf(step.slice(-1)));
          expect(tested.store.forgetWriters(writers)).toBe(model.forgetWriters(writers));
          continue;
        }
        const outcome =
          step.value > 10 ? filesOf(`artifact ${index}`, step.name) : resultOf(step.value);
        const waves = step.waves ? EVERY_OBSERVATION : [];
        const more = { outcome, waves, action: index };
        if (step.writer !== undefined) {
          // Behind what is not yet written: a test of its own says so.
          settle();
          tested.store.learn(sharedOf(step.name, more, step.writer));
          model.learn(sharedOf(step.name, more, step.writer));
          continue;
        }
        const trace = traceOf(step.name, more);
        tested.record(trace);
        model.remember(trace);
      }
      const keys = NAMES.map(keyOf);
      expect(tested.store.lookUpMany(keys)).toEqual(model.lookUpMany(keys));
      for (const key of keys) expect(tested.store.lookUp(key)).toEqual(model.lookUp(key));
      const [known, expected] = [tested.store.keysOfTask(TASK), model.keysOfTask(TASK)];
      expect(known.toSorted()).toEqual(expected.toSorted());
      // Which is the newest is told of what was made here alone.
      const isOwn = steps.every((it) => typeof it !== 'object' || it.writer === undefined);
      if (isOwn) expect(known).toEqual(expected);
      for (const name of NAMES) {
        const file = digestOf('blob', name);
        expect(tested.store.artifactOf(file)).toBe(model.artifactOf(file));
      }
    }),
    { numRuns: 100 },
  );
});
