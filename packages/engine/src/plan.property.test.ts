import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanDraft } from './plan-draft.ts';
import type { Standing } from './plan-entry.ts';
import { draftScripted } from '../test/planned.ts';
import {
  type Features,
  editsOf,
  programs,
  randomOutside,
  toProgram,
} from '../test/random-program.ts';
import { type ScriptedRun, runScripted } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

function histories(features: Features) {
  return programs(features).chain((first) =>
    fc.record({
      first: fc.constant(first),
      second: editsOf(first, features),
      outsides: fc.tuple(randomOutside, randomOutside),
      inputs: fc.tuple(fc.nat(3), fc.nat(3)),
      summaryFrom: fc.constantFrom(1, Number.POSITIVE_INFINITY),
    }),
  );
}

/** How often an action may be listed: a key once, what is not cached once for each call. */
function nameOf(task: string, inputs: readonly string[]): string {
  return [task, ...inputs].join('|');
}

/** Keys of what executed, and how often an action without a key did. */
function executedIn({ events }: ScriptedRun): Map<string, number> {
  const executed = new Map<string, number>();
  for (const event of events) {
    if (event.kind !== 'action-started') continue;
    const inputs = event.inputs.map(({ digest }) => digest);
    const name = event.key ?? nameOf(event.task, inputs);
    executed.set(name, (executed.get(name) ?? 0) + 1);
  }
  return executed;
}

function planned(draft: PlanDraft, wanted: Standing): Map<string, number> {
  const names = new Map<string, number>();
  for (const [{ task, inputs, key }, standing] of draft.standings()) {
    if (standing !== wanted) continue;
    const name = key ?? nameOf(task.id, inputs);
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  return names;
}

describe('a plan, and the run after it', () => {
  for (const features of [
    { outside: true, retention: true, versions: true },
    { parallel: true, outside: true, retention: true, versions: true },
  ] satisfies Features[]) {
    const how = 'parallel' in features ? 'at the same time' : 'one by one';
    it(`T2: what it says will execute does, and nothing that it reuses, ${how}`, async () => {
      await fc.assert(
        fc.asyncProperty(histories(features), async (history) => {
          const { first, second, outsides, inputs, summaryFrom } = history;
          const kept = stores();
          const steps = [
            { random: first, outside: outsides[0], input: inputs[0] },
            { random: second, outside: outsides[0], input: inputs[0] },
            { random: second, outside: outsides[1], input: inputs[0] },
            { random: first, outside: outsides[1], input: inputs[1] },
            { random: first, outside: outsides[0], input: inputs[0] },
          ];
          for (const { random, outside, input } of steps) {
            const program = toProgram(random);
            const call = { entry: 't0', args: [input] };
            const draft = await draftScripted(program, kept, { ...call, outside: outside.copy() });
            const run = await runScripted(program, kept, {
              ...call,
              outside: outside.copy(),
              summaryFrom,
            });
            const executed = executedIn(run);
            for (const [name, times] of planned(draft, 'execute')) {
              expect(executed.get(name) ?? 0).toBeGreaterThanOrEqual(times);
            }
            for (const name of planned(draft, 'reuse').keys()) {
              expect(executed.has(name)).toBe(false);
            }
            const { execute, unknown } = draft.counts();
            if (execute + unknown === 0) expect(executed.size).toBe(0);
          }
        }),
        { numRuns: 150 },
      );
    });
  }
});
