import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Oracle } from '../test/oracle.ts';
import {
  type Features,
  type RandomProgram,
  type Step,
  editsOf,
  programs,
  randomOutside,
  randomProgram,
  toProgram,
} from '../test/random-program.ts';
import { type Outside, type ScriptedRun, runWalked } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';
import { runs } from '../test/property-runs.ts';

function outcomeOf(run: ScriptedRun): unknown {
  const { outcome } = run.end;
  return [run.end.status, outcome?.digest];
}

/** One state of the world in a history of edits. */
interface State {
  readonly program: RandomProgram;
  readonly outside: Outside;
  readonly input: number;
}

/** A program through several edits of code, inputs, files and variables, some of them undone. */
function histories(features: Features): fc.Arbitrary<readonly State[]> {
  const programsOf = programs(features).chain((first) =>
    editsOf(first, features).chain((second) =>
      fc.tuple(fc.constant(first), fc.constant(second), editsOf(second, features)),
    ),
  );
  return fc
    .record({
      programs: programsOf,
      outsides: fc.tuple(randomOutside, randomOutside),
      inputs: fc.tuple(fc.nat(9), fc.nat(9)),
      order: fc.array(fc.tuple(fc.nat(2), fc.nat(1), fc.nat(1)), { minLength: 2, maxLength: 6 }),
    })
    .map(({ programs: [first, second, third], outsides, inputs, order }) =>
      order.map(([program, outside, input]) => ({
        program: [first, second, third][program] ?? first,
        outside: outsides[outside] ?? outsides[0],
        input: inputs[input] ?? 0,
      })),
    );
}

describe('incremental runs', () => {
  const RETURNING: readonly (readonly [string, Features])[] = [
    ['in parallel', { parallel: true, outside: true }],
    ['in turn, with module variables', { outside: true, retention: true }],
    ['in parallel, with module variables', { parallel: true, outside: true, retention: true }],
  ];

  it.for(RETURNING)(
    'P1: after any edits a run returns what one with an empty store returns: %s',
    async ([, features]) => {
      await fc.assert(
        fc.asyncProperty(histories(features), fc.boolean(), async (history, slow) => {
          const kept = stores();
          for (const { program, outside, input } of history) {
            const call = { entry: 't0', args: [input], slow };
            const scratch = await runWalked(toProgram(program), stores(), {
              ...call,
              outside: outside.copy(),
            });
            const again = { ...call, outside: outside.copy() };
            const incremental = await runWalked(toProgram(program), kept, again);
            expect(outcomeOf(incremental)).toEqual(outcomeOf(scratch));
          }
        }),
        runs(120),
      );
    },
  );

  it('O5: runs in which tasks write leave nothing wrong behind', async () => {
    // In such a run itself the order of effects is another: a check executes a call before the
    // caller looks again at what it had looked at before.
    const features = { outside: true, retention: true, writes: true };
    await fc.assert(
      fc.asyncProperty(histories(features), randomOutside, async (history, world) => {
        const kept = stores();
        const outside = world.copy();
        for (const { program, input } of history) {
          const call = { entry: 't0', args: [input] };
          const scripted = toProgram(program);
          const scratch = await runWalked(scripted, stores(), { ...call, outside: outside.copy() });
          const incremental = await runWalked(scripted, kept, { ...call, outside });
          if (program.some(({ steps }) => steps.some(isWriting))) continue;
          expect(outcomeOf(incremental)).toEqual(outcomeOf(scratch));
        }
      }),
      runs(120),
    );
  });

  const EXACT: readonly (readonly [string, Features])[] = [
    ['in parallel', { parallel: true, outside: true, versions: true }],
    ['in turn, with module variables', { outside: true, retention: true, versions: true }],
  ];

  it.for(EXACT)(
    'T2 T3 T4: exactly those actions execute that the rules say: %s',
    async ([, features]) => {
      await fc.assert(
        fc.asyncProperty(histories(features), fc.boolean(), async (history, slow) => {
          const kept = stores();
          const oracle = new Oracle();
          for (const { program, outside, input } of history) {
            const scripted = toProgram(program, { tagged: true });
            const call = { entry: 't0', args: [[input, '']] };
            const run = await runWalked(scripted, kept, { ...call, outside, slow });
            const told = await oracle.run(scripted, outside, call);
            expect(run.executions.toSorted()).toEqual(told.executions.toSorted());
            expect(run.end.status === 'failed').toBe(told.outcome.failed);
            if (!told.outcome.failed) expect(JSON.stringify(run.value)).toBe(told.outcome.text);
          }
        }),
        runs(200),
      );
    },
  );

  it('T2: where nothing changed and everything is cached, nothing executes', async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, fc.nat(9), async (random, input) => {
        const cached = random.map((task) => ({ ...task, cache: 'inherit' as const }));
        const kept = stores();
        const call = { entry: 't0', args: [input] };
        const first = await runWalked(toProgram(cached), kept, call);
        const second = await runWalked(toProgram(cached), kept, call);
        if (first.end.status === 'succeeded') expect(second.executions).toEqual([]);
      }),
      runs(100),
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
        const first = await runWalked(toProgram(random), kept, call);
        const second = await runWalked(toProgram(random), kept, call);
        const direct = (run: ScriptedRun): number =>
          run.executions.filter((name) => uncached.includes(name.slice(0, 2))).length;
        if (first.end.status === 'succeeded') {
          expect(direct(second)).toBeLessThanOrEqual(direct(first));
        }
      }),
      runs(100),
    );
  });
});

function isWriting(step: Step): boolean {
  return 'step' in step ? isWriting(step.step) : step.kind === 'write';
}

function isSequential(step: Step): boolean {
  if ('step' in step) return isSequential(step.step);
  return step.kind !== 'parallel' && step.kind !== 'map';
}
