import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Features,
  type RandomProgram,
  editsOf,
  programs,
  randomOutside,
  toProgram,
} from '../test/random-program.ts';
import { type Outside, type ScriptedRun, runScripted } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

/** Programs and states of the outside, and which of them meet in each run. */
interface History {
  readonly programs: readonly RandomProgram[];
  readonly outsides: readonly Outside[];
  readonly runs: readonly {
    readonly program: number;
    readonly outside: number;
    readonly input: number;
    readonly twice: boolean;
  }[];
}

function histories(features: Features): fc.Arbitrary<History> {
  const run = fc.record({
    program: fc.nat(2),
    outside: fc.nat(2),
    input: fc.nat(2),
    twice: fc.boolean(),
  });
  return programs(features).chain((first) =>
    editsOf(first, features).chain((second) =>
      fc.record({
        programs: fc.tuple(fc.constant(first), fc.constant(second), editsOf(second, features)),
        outsides: fc.tuple(randomOutside, randomOutside, randomOutside),
        runs: fc.array(run, { minLength: 3, maxLength: 8 }),
      }),
    ),
  );
}

const NEVER = Number.POSITIVE_INFINITY;

/** Runs a history on stores with summaries of every action, and on others without any. */
async function compare(
  history: History,
  same: (answered: ScriptedRun, walked: ScriptedRun) => void,
): Promise<void> {
  const deep = stores();
  const bare = stores();
  for (const { program, outside, input, twice } of history.runs) {
    const random = history.programs[program];
    const there = history.outsides[outside];
    if (random === undefined || there === undefined) return;
    const scripts = toProgram(random);
    for (let times = twice ? 2 : 1; times > 0; times -= 1) {
      const call = { entry: 't0', args: [input] };
      const answered = await runScripted(scripts, deep, {
        ...call,
        outside: there.copy(),
        summaryFrom: 1,
      });
      const walked = await runScripted(scripts, bare, {
        ...call,
        outside: there.copy(),
        summaryFrom: NEVER,
      });
      same(answered, walked);
    }
  }
}

const IN_TURN: Features = { outside: true, retention: true, versions: true };

describe('deep summaries', () => {
  it('T6: with summaries every run comes to the same as without', async () => {
    const features = { parallel: true, outside: true, retention: true };
    await fc.assert(
      fc.asyncProperty(histories(features), (history) =>
        compare(history, (answered, walked) => {
          expect(answered.end.status).toBe(walked.end.status);
          expect(answered.end.outcome?.digest).toBe(walked.end.outcome?.digest);
        }),
      ),
      { numRuns: 150 },
    );
  });

  it('T6: with summaries every run executes the same as without', async () => {
    // What runs at the same time joins or does not (T7): here calls are made one by one.
    await fc.assert(
      fc.asyncProperty(histories(IN_TURN), (history) =>
        compare(history, (answered, walked) => {
          expect(answered.executions).toEqual(walked.executions);
          expect(answered.end.counts).toEqual(walked.end.counts);
          expect(answered.end.outcome?.digest).toBe(walked.end.outcome?.digest);
        }),
      ),
      { numRuns: 150 },
    );
  });
});
