import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '@skein/values';
import type { RunState } from '@skein/journal';
import type { RunEvent } from '@skein/model';
import { type Before, killedAfter, resumption } from '../test/resumed.ts';
import {
  type Features,
  type RandomProgram,
  editsOf,
  programs,
  randomOutside,
  toProgram,
} from '../test/random-program.ts';
import {
  type Outside,
  type Program,
  type ScriptedRun,
  type Stores,
  runScripted,
} from '../test/scripted.ts';
import { stores } from '../test/stores.ts';
import { runs } from '../test/property-runs.ts';

function outcomeOf(run: ScriptedRun): unknown {
  const { outcome } = run.end;
  return [run.end.status, outcome?.digest];
}

/** Each run of a history is killed after a part of its events, then the next goes on from it. */
interface Step {
  readonly program: RandomProgram;
  readonly outside: Outside;
  /** Of the events of the run; from 0 to 1. */
  readonly killedAt: number;
}

function histories(features: Features): fc.Arbitrary<readonly Step[]> {
  return programs(features)
    .chain((first) =>
      editsOf(first, features).chain((second) =>
        fc.tuple(
          fc.constant(first),
          fc.oneof(fc.constant(first), fc.constant(second)),
          fc.oneof(fc.constant(first), fc.constant(second), editsOf(second, features)),
        ),
      ),
    )
    .chain((edited) =>
      fc.record({
        edited: fc.constant(edited),
        outsides: fc.tuple(randomOutside, randomOutside),
        steps: fc.array(
          fc.record({ outside: fc.nat(1), killedAt: fc.double({ min: 0, max: 1, noNaN: true }) }),
          { minLength: 3, maxLength: 3 },
        ),
      }),
    )
    .map(({ edited, outsides, steps }) =>
      steps.map(({ outside, killedAt }, index) => ({
        program: edited[index] ?? edited[0],
        outside: outsides[outside] ?? outsides[0],
        killedAt,
      })),
    );
}

/** Goes on from run to run, each killed; what the last one, that is not, comes to. */
async function goThrough(
  history: readonly Step[],
  edited: 'adopt' | 'execute',
  options: { readonly cached: boolean },
): Promise<{ readonly last: ScriptedRun; readonly kept: Stores; readonly before: Before[] }> {
  let kept: Stores = stores();
  const before: Before[] = [];
  const recorded: RunEvent[] = [];
  for (const [index, { program, outside, killedAt }] of history.entries()) {
    const scripted = scriptOf(program, options);
    const resume = index === 0 ? {} : { resume: resumption(scripted, before, edited) };
    const call = { entry: 't0', args: [1], outside: outside.copy(), ...resume };
    const run = await runScripted(scripted, kept, call);
    if (index === history.length - 1) return { last: run, kept, before };
    const count = Math.ceil(run.events.length * killedAt);
    recorded.push(...run.events.slice(0, Math.max(1, count)));
    const { state } = killedAfter(run.events, count);
    before.unshift({ state, program: scripted });
    kept = killedAfter(recorded, recorded.length).stores;
  }
  throw new Error('a history has an end');
}

function scriptOf(random: RandomProgram, { cached }: { readonly cached: boolean }): Program {
  const program = toProgram(random);
  if (cached) return program;
  return Object.fromEntries(
    Object.entries(program).map(([name, task]) => {
      return [name, { ...task, options: { cache: { mode: 'disable' } } }];
    }),
  );
}

/** Every task's code is another, and does the same. */
function revised(random: RandomProgram, which: number): RandomProgram {
  return random.map((task, index) =>
    which % (index + 2) === 0 ? { ...task, revision: task.revision + 1 } : task,
  );
}

function isFailure(event: RunEvent): boolean {
  return event.kind === 'action-finished' && event.outcome.kind === 'error';
}

/** The executions that a state has results of, or that something with a result called. */
function covered(state: RunState, executed: readonly RunEvent[]): string[] {
  const names = new Map<number, string>();
  for (const event of executed) {
    if (event.kind !== 'action-started') continue;
    const args = event.inputs.map(({ bytes }) => String(bytes && decode(bytes)));
    names.set(event.action, `${event.task}(${args.join(',')})`);
  }
  const isCovered = (number: number): boolean => {
    const action = state.actions.get(number);
    if (action === undefined) return false;
    return action.outcome?.kind === 'result' || isCovered(action.parent);
  };
  return [...state.actions.keys()].filter(isCovered).map((number) => names.get(number) ?? '');
}

describe('going on after a failure', () => {
  const FEATURES: readonly (readonly [string, Features])[] = [
    ['in parallel', { parallel: true, outside: true }],
    ['in turn, with module variables', { outside: true, retention: true }],
    ['in parallel, with module variables', { parallel: true, outside: true, retention: true }],
  ];

  it.for(FEATURES)(
    'R2: with what was edited executed again, it comes to what a run from scratch does: %s',
    async ([, features]) => {
      await fc.assert(
        fc.asyncProperty(histories(features), fc.boolean(), async (history, cached) => {
          const { last } = await goThrough(history, 'execute', { cached });
          const now = history.at(-1);
          if (now === undefined) return;
          const call = { entry: 't0', args: [1], outside: now.outside.copy() };
          const scratch = await runScripted(scriptOf(now.program, { cached }), stores(), call);
          expect(outcomeOf(last)).toEqual(outcomeOf(scratch));
        }),
        runs(150),
      );
    },
  );

  it.for(FEATURES)(
    'R3 P1: a run after a resume returns what one with an empty store returns: %s',
    async ([, features]) => {
      await fc.assert(
        fc.asyncProperty(histories(features), async (history) => {
          const { kept } = await goThrough(history, 'adopt', { cached: true });
          for (const { program, outside } of history.toReversed()) {
            const call = { entry: 't0', args: [1], outside: outside.copy() };
            const scratch = await runScripted(toProgram(program), stores(), call);
            const plain = await runScripted(toProgram(program), kept, {
              ...call,
              outside: outside.copy(),
            });
            expect(outcomeOf(plain)).toEqual(outcomeOf(scratch));
          }
        }),
        runs(150),
      );
    },
  );

  it('R1: after an edit that changes nothing exactly what was not finished executes', async () => {
    const features: Features = { parallel: true, outside: true };
    await fc.assert(
      fc.asyncProperty(
        programs(features),
        randomOutside,
        fc.record({ killedAt: fc.double({ min: 0, max: 1, noNaN: true }), which: fc.nat(60) }),
        async (random, outside, { killedAt, which }) => {
          const program = scriptOf(random, { cached: false });
          const call = { entry: 't0', args: [1], outside };
          const first = await runScripted(program, stores(), call);
          const count = Math.ceil(first.events.length * killedAt);
          const { state } = killedAfter(first.events, count);
          const now = scriptOf(revised(random, which), { cached: false });
          const resume = resumption(now, [{ state, program }]);
          const again = await runScripted(now, stores(), { ...call, resume });
          expect(outcomeOf(again)).toEqual(outcomeOf(first));
          // Which items of a failing map are never started is chance (X6).
          if (first.events.some(isFailure)) return;
          const executed = [...again.executions, ...covered(state, first.events)];
          expect(executed.toSorted()).toEqual(first.executions.toSorted());
        },
      ),
      runs(200),
    );
  });
});
