import { MemoryBlobs, MemoryTraces } from '@skein/store';
import type { LossCause } from '@skein/executors';
import type { ErrorRecord, Outcome } from '@skein/model';
import { decodeThrown } from '@skein/sdk';
import { describe, expect, test } from 'vitest';
import { Lost } from '../test/scripted-executor.ts';
import {
  type Program,
  type RunSettings,
  ScriptedImages,
  type ScriptedRun,
  runScripted,
} from '../test/scripted.ts';

const RETRIES = { count: 1, backoff: { baseMs: 0, factor: 1, capMs: 0 } };

function run(program: Program, settings: RunSettings = {}): Promise<ScriptedRun> {
  const stores = { traces: new MemoryTraces(), blobs: new MemoryBlobs() };
  return runScripted(program, stores, { entry: 'main', ...settings });
}

function errorOf(outcome: Outcome | undefined): ErrorRecord {
  const thrown = outcome?.kind === 'error' ? decodeThrown(outcome.bytes) : undefined;
  if (thrown?.kind !== 'error') throw new Error('it ended without an error');
  return thrown.error;
}

test.each(['crash', 'collateral', 'start', 'disk-full'] satisfies LossCause[])(
  'R6: what is lost by %s is repeated three times, the later ones alone, and uses up no retry',
  async (why) => {
    const main = {
      code: '1',
      options: { retries: RETRIES },
      body: () => Promise.reject(new Lost(why)),
    };
    const { end, executor } = await run({ main });
    expect(executor.requests.map(({ attempt, alone }) => [attempt, alone])).toEqual([
      [1, false],
      [2, false],
      [3, true],
      [4, true],
    ]);
    const error = errorOf(end.outcome);
    expect([error.class, error.fields]).toEqual(['skein#WorkerLostError', { cause: why }]);
  },
);

describe('an action in an image', () => {
  const images = new ScriptedImages({ known: { 'acme/x:1': `sha256:${'1'.repeat(64)}` } });
  const inImage = (body: () => Promise<never>): Program => ({
    main: { code: '1', options: { image: 'acme/x:1', retries: RETRIES }, body },
  });

  test('R6: what its engine refuses twice in the same words is not asked again', async () => {
    const program = inImage(() => Promise.reject(new Lost('start', 'no such image')));
    const { end, executor } = await run(program, { images });
    expect(executor.requests).toHaveLength(2);
    const { class: name, message, fields } = errorOf(end.outcome);
    expect([name, message]).toEqual(['skein#WorkerLostError', 'no such image\nimage: acme/x:1']);
    expect(fields).toEqual({ cause: 'start', image: 'acme/x:1' });
  });

  test('R6: what is refused otherwise each time may be chance, and is repeated', async () => {
    let tries = 0;
    const program = inImage(() => Promise.reject(new Lost('start', `busy ${(tries += 1)}`)));
    const { executor } = await run(program, { images });
    expect(executor.requests).toHaveLength(4);
  });

  test('R6 X3: what is removed from outside is repeated three times, and is no retry', async () => {
    const { end, executor } = await run(
      inImage(() => Promise.reject(new Lost('crash'))),
      { images },
    );
    expect(executor.requests).toHaveLength(4);
    expect(errorOf(end.outcome)).toMatchObject({
      class: 'skein#WorkerLostError',
      message: 'lost by crash',
    });
  });

  test('X3: memory that it passes is the author’s limit, as on the machine', async () => {
    const { end } = await run(
      inImage(() => Promise.reject(new Lost('memory'))),
      { images },
    );
    expect(errorOf(end.outcome).class).toBe('skein#OutOfMemoryError');
  });
});

test.each([
  ['memory', 'OutOfMemoryError', { memoryBytes: 1024 }],
  ['disk', 'OutOfDiskError', { diskBytes: 1024 }],
] as const)('X3: a passed limit of %s is retried as told', async (why, name, given) => {
  const options = { retries: RETRIES, resources: given };
  const main = { code: '1', options, body: () => Promise.reject(new Lost(why)) };
  const { end, executor, finished } = await run({ main });
  expect(executor.requests).toHaveLength(2);
  expect(executor.requests.every(({ alone }) => !alone)).toBe(true);
  const error = errorOf(end.outcome);
  expect([error.class, error.fields]).toEqual([`skein#${name}`, { limitBytes: 1024 }]);
  expect(finished[0]?.outcome).toMatchObject({ fault: why });
});

test('R6: an action that restarts gets the outcomes that its calls already had', async () => {
  const program: Program = {
    main: {
      code: '1',
      body: async (script) => {
        const first = await script.call('child', 1);
        if (script.attempt < 3) throw new Lost('collateral');
        return [first, await script.call('child', 2)];
      },
    },
    child: { code: '1', body: (_, x: number) => Promise.resolve(x * 10) },
  };
  const { value, executions } = await run(program);
  expect(value).toEqual([10, 20]);
  expect(executions).toEqual(['main()', 'child(1)', 'main()', 'main()', 'child(2)']);
});

test('X2: an action is told which gpus it has, and gives them back', async () => {
  const program: Program = {
    main: { code: '1', body: (script) => script.map('train', [1, 2, 3], 3) },
    train: {
      code: '1',
      options: { resources: { gpu: 1 } },
      body: async (_, x: number) => {
        await new Promise((resolve) => setImmediate(resolve));
        return x;
      },
    },
  };
  const { value, executor, events } = await run(program, { gpus: ['3', 'GPU-7'] });
  expect(value).toEqual([1, 2, 3]);
  const devices = executor.requests.map((request) => request.devices);
  expect(devices.slice(0, 3)).toEqual([undefined, ['3'], ['GPU-7']]);
  expect([['3'], ['GPU-7']]).toContainEqual(devices[3]);
  expect(events.filter(({ kind }) => kind === 'run-warned')).toEqual([]);
});

test('X2: more gpus than there are fail before anything is queued, with both numbers', async () => {
  const options = { resources: { gpu: 2 } };
  const { end, executor } = await run(
    { main: { code: '1', options, body: () => Promise.resolve() } },
    { gpus: ['0'] },
  );
  expect(executor.requests).toEqual([]);
  const { message, fields } = errorOf(end.outcome);
  expect(message).toBe('exceeds-capacity: a task asks for 2 of gpu, and there is 1');
  expect(fields).toMatchObject({ code: 'exceeds-capacity' });
});

test('X3 X8: who restarts gets failures too, and the calls that go on meanwhile', async () => {
  let goOn = (): void => undefined;
  const going = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const program: Program = {
    main: {
      code: '1',
      body: async (script) => {
        const slow = script.call('slow', 7);
        const failed = await script.call('fails').catch((error: unknown) => String(error));
        if (script.attempt < 3) throw new Lost('collateral');
        goOn();
        return [await slow, typeof failed];
      },
    },
    slow: { code: '1', body: (_, x: number) => going.then(() => x) },
    fails: { code: '1', body: () => Promise.reject(new Error('as always')) },
  };
  const { value, executions, end } = await run(program);
  expect(value).toEqual([7, 'string']);
  expect(executions).toEqual(['main()', 'slow(7)', 'fails()', 'main()', 'main()']);
  expect(end.counts).toMatchObject({ total: 3, failed: 1 });
});

test('X5: a call that no later attempt makes again is cancelled with its caller', async () => {
  const program: Program = {
    main: {
      code: '1',
      body: async (script) => {
        if (script.attempt > 1) return 'without it';
        void script.call('slow').catch(() => undefined);
        await new Promise((resolve) => setImmediate(resolve));
        throw new Lost('crash');
      },
    },
    slow: { code: '1', body: () => new Promise(() => undefined) },
  };
  const { value, finished } = await run(program);
  expect(value).toBe('without it');
  const slow = finished.find(({ task }) => task === 'slow');
  expect(errorOf(slow?.outcome).class).toBe('skein#CancelledError');
});

test('R6: an author’s failure is retried with what succeeded; failed calls execute', async () => {
  const program: Program = {
    main: {
      code: '1',
      options: { retries: RETRIES },
      body: async (script) => {
        await script.call('fine');
        return await script.call('fails');
      },
    },
    fine: { code: '1', body: () => Promise.resolve(1) },
    fails: { code: '1', body: () => Promise.reject(new Error('as always')) },
  };
  const { executions } = await run(program);
  expect(executions).toEqual(['main()', 'fine()', 'fails()', 'main()', 'fails()']);
});
