import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryBlobs, MemoryTraces } from '@skein/store';
import { planResumed } from '../test/planned.ts';
import {
  type Features,
  type RandomProgram,
  programs,
  randomOutside,
  toProgram,
} from '../test/random-program.ts';
import { killedAfter, resumption } from '../test/resumed.ts';
import { type Program, runScripted } from '../test/scripted.ts';
import { runs } from '../test/property-runs.ts';

function histories(features: Features) {
  return fc.record({
    program: programs(features),
    outside: randomOutside,
    killedAt: fc.double({ min: 0, max: 1, noNaN: true }),
    which: fc.nat(5),
    edited: fc.constantFrom('adopt' as const, 'execute' as const),
  });
}

/** Some tasks' code is another, and does the same. */
function revised(random: RandomProgram, which: number): RandomProgram {
  return random.map((task, index) =>
    which % (index + 2) === 0 ? { ...task, revision: task.revision + 1 } : task,
  );
}

function scriptOf(random: RandomProgram, cached: boolean): Program {
  const program = toProgram(random);
  if (cached) return program;
  return Object.fromEntries(
    Object.entries(program).map(([name, task]) => {
      return [name, { ...task, options: { cache: { mode: 'disable' } } }];
    }),
  );
}

describe('a plan of a resume, and the resume after it', () => {
  const FEATURES: readonly (readonly [string, boolean, Features])[] = [
    ['in turn, nothing cached', false, { outside: true }],
    ['in parallel, nothing cached', false, { parallel: true, outside: true }],
    ['in turn', true, { outside: true }],
    ['in parallel', true, { parallel: true, outside: true }],
    ['with versions', true, { parallel: true, outside: true, versions: true }],
    ['with module variables', true, { outside: true, retention: true }],
  ];
  for (const [how, cached, features] of FEATURES) {
    it(`R2: they agree, as far as the plan decides, ${how}`, async () => {
      await fc.assert(
        fc.asyncProperty(histories(features), async (history) => {
          const { outside, killedAt, which, edited } = history;
          const before = scriptOf(history.program, cached);
          const stores = { traces: new MemoryTraces(), blobs: new MemoryBlobs() };
          const call = { entry: 't0', args: [1] };
          const run = await runScripted(before, stores, { ...call, outside: outside.copy() });
          const killed = killedAfter(run.events, Math.ceil(run.events.length * killedAt));
          const program = scriptOf(revised(history.program, which), cached);
          const resume = resumption(program, [{ state: killed.state, program: before }], edited);
          const mayCall = Object.fromEntries(
            Object.keys(program).map((task) => [task, Object.keys(program)]),
          );
          const plan = await planResumed(program, killed.stores, {
            ...call,
            outside: outside.copy(),
            mayCall,
            resume,
          });
          const { end } = await runScripted(program, killed.stores, {
            ...call,
            outside: outside.copy(),
            resume,
          });
          const { adopted, reused, executed } = end.counts;
          const { adopt, reuse, execute } = plan.counts;
          if (plan.undecided.length === 0) {
            expect([adopt + reuse, execute]).toEqual([adopted + reused, executed]);
          } else if (end.counts.failed === 0) {
            // An item that turns out to fail keeps others of its map from being started (X6).
            expect(execute).toBeLessThanOrEqual(executed);
          }
          // Whether what its process's log holds is still so the run alone finds out (O3).
          if (features.retention === true) return;
          expect(adopt + reuse).toBeLessThanOrEqual(adopted + reused);
          if (plan.undecided.length === 0) expect(plan.adoption).toEqual(end.adoption);
        }),
        runs(100),
      );
    });
  }
});
