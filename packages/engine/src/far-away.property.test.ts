import fc from 'fast-check';
import { MemoryBlobs } from '@skein/store';
import { expect, test } from 'vitest';
import { CopiedTraces } from '../test/copied-traces.ts';
import { FarStore, type Trouble } from '../test/far-store.ts';
import { runs } from '../test/property-runs.ts';
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

/** One run on one of two machines, which may not reach what they share, or share later. */
interface Turn {
  readonly machine: number;
  readonly program: RandomProgram;
  readonly outside: Outside;
  readonly input: number;
  readonly trouble: Trouble;
  /** What was offered until now is shared after it. */
  readonly pushes: boolean;
  readonly isDeep: boolean;
}

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ turns: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.constant({ down: true }) },
  { weight: 2, arbitrary: fc.constant({ inputsGone: true }) },
);

function histories(features: Features): fc.Arbitrary<readonly Turn[]> {
  return programs(features)
    .chain((first) => fc.tuple(fc.constant(first), editsOf(first, features)))
    .chain(([first, second]) =>
      fc.tuple(fc.constant(first), fc.constant(second), editsOf(second, features)),
    )
    .chain((all) =>
      fc.tuple(randomOutside, randomOutside).chain((outsides) =>
        fc.array(
          fc.record({
            machine: fc.nat(1),
            program: fc.constantFrom(...all),
            outside: fc.constantFrom(...outsides),
            input: fc.nat(2),
            trouble,
            pushes: fc.boolean(),
            isDeep: fc.boolean(),
          }),
          { minLength: 2, maxLength: 7 },
        ),
      ),
    );
}

function outcomeOf({ end }: ScriptedRun): unknown {
  return [end.status, end.outcome?.digest];
}

function machines() {
  return [0, 1].map(() => ({ traces: new CopiedTraces(), blobs: new MemoryBlobs() }));
}

const SHARING: readonly (readonly [string, Features])[] = [
  ['in parallel', { parallel: true, outside: true }],
  ['with module variables', { parallel: true, outside: true, retention: true }],
];

test.for(SHARING)(
  'P1: two machines that share what they made return what one with nothing returns: %s',
  async ([, features]) => {
    await fc.assert(
      fc.asyncProperty(histories(features), async (history) => {
        const far = new FarStore();
        const near = machines();
        const clients = near.map((one) => [far.client(one)]);
        for (const turn of history) {
          const { machine, outside, input } = turn;
          const own = near[machine];
          if (own === undefined) continue;
          const client = far.client(own);
          client.trouble = turn.trouble;
          clients[machine]?.push(client);
          const call = { entry: 't0', args: [input] };
          const program = toProgram(turn.program);
          const scratch = await runScripted(program, stores(), {
            ...call,
            outside: outside.copy(),
          });
          const run = await runScripted(program, own, {
            ...call,
            outside: outside.copy(),
            far: client,
            summaryFrom: turn.isDeep ? 2 : Number.POSITIVE_INFINITY,
          });
          expect(outcomeOf(run)).toEqual(outcomeOf(scratch));
          if (turn.pushes) clients[machine]?.forEach((one) => one.push());
        }
      }),
      runs(150),
    );
  },
);

test('T2: nothing executes that would not execute without the others', async () => {
  // A version may stand for other results elsewhere: then other calls follow.
  const features = { parallel: true, outside: true };
  await fc.assert(
    fc.asyncProperty(histories(features), async (history) => {
      const far = new FarStore();
      const near = machines();
      for (const turn of history) {
        const own = near[turn.machine];
        if (own === undefined) continue;
        const client = far.client(own);
        client.trouble = turn.trouble;
        const call = {
          entry: 't0',
          args: [[turn.input, '']],
          outside: turn.outside,
          summaryFrom: Number.POSITIVE_INFINITY,
        };
        const program = toProgram(turn.program, { tagged: true });
        const copy = { traces: own.traces.copy(), blobs: own.blobs };
        const alone = await runScripted(program, copy, call);
        const shared = await runScripted(program, own, { ...call, far: client });
        const left = alone.executions.slice();
        for (const execution of shared.executions) {
          const at = left.indexOf(execution);
          expect(at, `${execution} of ${left.join()}`).toBeGreaterThanOrEqual(0);
          left.splice(at, 1);
        }
        if (turn.pushes) client.push();
      }
    }),
    runs(150),
  );
});
