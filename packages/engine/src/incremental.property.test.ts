import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryBlobs, MemoryTraces } from '@skein/store';
import { type Step, edited, randomProgram, toProgram } from '../test/random-program.ts';
import { type ScriptedRun, type Stores, runScripted } from '../test/scripted.ts';

function stores(): Stores {
  return { traces: new MemoryTraces(), blobs: new MemoryBlobs() };
}

function outcomeOf(run: ScriptedRun): unknown {
  const { outcome } = run.end;
  return [run.end.status, outcome?.digest];
}

const histories = randomProgram.chain((first) =>
  fc.record({
    first: fc.constant(first),
    second: edited(first),
    third: edited(first),
    inputs: fc.tuple(fc.nat(9), fc.nat(9)),
  }),
);

describe('incremental runs', () => {
  it('P1: after any edits, what a run returns equals a run with an empty store', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ first, second, third, inputs: [one, other] }) => {
        const kept = stores();
        const steps = [
          { program: first, input: one },
          { program: second, input: one },
          { program: first, input: other },
          { program: third, input: one },
          { program: first, input: one },
        ];
        for (const { program, input } of steps) {
          const call = { entry: 't0', args: [input] };
          const incremental = await runScripted(toProgram(program), kept, call);
          const scratch = await runScripted(toProgram(program), stores(), call);
          expect(outcomeOf(incremental)).toEqual(outcomeOf(scratch));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('T2: where nothing changed and everything is cached, nothing executes', async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, fc.nat(9), async (random, input) => {
        const cached = random.map((task) => ({ ...task, cache: 'inherit' as const }));
        const kept = stores();
        const call = { entry: 't0', args: [input] };
        const first = await runScripted(toProgram(cached), kept, call);
        const second = await runScripted(toProgram(cached), kept, call);
        if (first.end.status === 'succeeded') expect(second.executions).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('Q3: an uncached task executes no more often than in a run with an empty store', async () => {
    // What runs at the same time joins or does not, and then is checked once or twice (T7).
    const sequential = randomProgram.map((random) =>
      random.map((task) => ({ ...task, steps: task.steps.filter(isSequential) })),
    );
    await fc.assert(
      fc.asyncProperty(sequential, fc.nat(9), async (random, input) => {
        const uncached = random.flatMap((task, index) =>
          index > 0 && task.cache === 'disable' ? [`t${index}`] : [],
        );
        const kept = stores();
        const call = { entry: 't0', args: [input] };
        const first = await runScripted(toProgram(random), kept, call);
        const second = await runScripted(toProgram(random), kept, call);
        const direct = (run: ScriptedRun): number =>
          run.executions.filter((name) => uncached.includes(name.slice(0, 2))).length;
        if (first.end.status === 'succeeded') {
          expect(direct(second)).toBeLessThanOrEqual(direct(first));
        }
      }),
      { numRuns: 100 },
    );
  });
});

function isSequential(step: Step): boolean {
  if ('step' in step) return isSequential(step.step);
  return step.kind !== 'parallel' && step.kind !== 'map';
}
