import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type RealRun, RealWorkspace } from '../test/real-run.ts';

// Processes start.
vi.setConfig({ testTimeout: 60_000 });

const opened: RealWorkspace[] = [];

afterEach(() => {
  for (const workspace of opened.splice(0)) workspace.close();
});

const HEAD = `
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkpoint, context, durable, environment, File, NonRecoverableError, snapshot,
} from 'skein';

const env = environment({ name: 'test' });
const cached = environment({ name: 'cached', cache: 'auto' });
const say = (text: unknown): void => console.log(text);
const text = (path: string): string => readFileSync(path, 'utf8');
const die = (): void => {
  if (context().attempt === 1) process.kill(process.pid, 'SIGKILL');
};
`;

function open(code: string, files: Readonly<Record<string, string>> = {}): RealWorkspace {
  const workspace = new RealWorkspace({ 'src/main.ts': HEAD + code, ...files });
  opened.push(workspace);
  return workspace;
}

function edit(workspace: RealWorkspace, code: string): void {
  workspace.write({ 'src/main.ts': HEAD + code });
}

/** Whether the last action of this task left a trace, or why not. */
function traceOf({ events }: RealRun, task: string): string | boolean {
  const ended = events.findLast(
    (event) => event.kind === 'action-finished' && event.task === `src/main.ts#${task}`,
  );
  if (ended?.kind !== 'action-finished') throw new Error(`${task} did not end`);
  return ended.untraced ?? ended.traced;
}

describe('checkpoints', () => {
  test.each([
    ["[undefined, null, 0, '', false]", [undefined, null, 0, '', false]],
    ["['', false, undefined, 0, null]", ['', false, undefined, 0, null]],
  ])(
    'R4 PARITY 18: five checkpoints, crash in the fourth: the retry executes 4 and 5: %s',
    async (code, results) => {
      const workspace = open(`
        const step = checkpoint(async (n: number) => {
          say(n);
          if (n === 3) die();
          return ${code}[n];
        });
        export const main = env.task(async () => {
          const all: unknown[] = [];
          for (const n of [0, 1, 2, 3, 4]) all.push(await step(n));
          return all;
        });`);
      const { value, printed, state } = await workspace.run('main');
      expect(value).toEqual(results);
      expect(printed).toEqual(['0', '1', '2', '3', '3', '4']);
      expect(state.actions.get(1)?.checkpoints).toHaveLength(5);
    },
  );

  const FAILING = (step: string, main = 'main'): string => `
    const step = checkpoint(async (n: number) => { say(n); return ${step}; });
    export const main = env.task(async () => {
      const all = [await step(1), await step(2)];
      if (text('ready.txt') !== 'yes') throw new Error('not ready');
      return ['${main}', ...all];
    });`;

  test('R4: resume goes on from the record, also where the task was edited', async () => {
    const workspace = open(FAILING('n'), { 'ready.txt': 'no' });
    const first = await workspace.run('main');
    expect(first.error).toMatchObject({ message: 'not ready' });
    workspace.write({ 'ready.txt': 'yes' });
    edit(workspace, FAILING('n', 'edited'));
    const second = await workspace.run('main', { resume: [first] });
    expect([second.value, second.printed]).toEqual([['edited', 1, 2], []]);
  });

  test('R4: an edited checkpoint runs again', async () => {
    const workspace = open(FAILING('n'), { 'ready.txt': 'no' });
    const first = await workspace.run('main');
    edit(workspace, FAILING('n * 10'));
    workspace.write({ 'ready.txt': 'yes' });
    const second = await workspace.run('main', { resume: [first] });
    expect([second.value, second.printed]).toEqual([
      ['main', 10, 20],
      ['1', '2'],
    ]);
  });

  test('R4: a run that was resumed is resumed with what both recorded', async () => {
    const workspace = open(
      `const step = checkpoint(async (n: number) => { say(n); return n; });
      export const main = env.task(async () => {
        const until = Number(text('until.txt'));
        for (let n = 1; n <= 3; n += 1) {
          await step(n);
          if (n === until) throw new Error('stopped');
        }
        return 'done';
      });`,
      { 'until.txt': '1' },
    );
    const first = await workspace.run('main');
    workspace.write({ 'until.txt': '2' });
    const second = await workspace.run('main', { resume: [first] });
    workspace.write({ 'until.txt': '4' });
    const third = await workspace.run('main', { resume: [second, first] });
    expect([first.printed, second.printed, third.printed]).toEqual([['1'], ['2'], ['3']]);
    expect(third.value).toBe('done');
  });

  test('R4 R6: where its caller is tried again, a task goes on from its own record', async () => {
    const workspace = open(
      `const step = checkpoint(async (n: number) => { say(n); return n; });
      export const work = env.task(async () => {
        const all = [await step(1)];
        const isReady = text('ready.txt') === 'yes';
        if (context().action === 2 && !isReady) throw new Error('first');
        all.push(await step(2));
        if (!isReady) throw new Error('second');
        return all;
      });
      export const main = env.task({ retries: 1 }, async () => await work());`,
      { 'ready.txt': 'no' },
    );
    const first = await workspace.run('main');
    expect([first.error, first.printed]).toMatchObject([{ message: 'second' }, ['1', '2']]);
    workspace.write({ 'ready.txt': 'yes' });
    const second = await workspace.run('main', { resume: [first] });
    expect([second.value, second.printed]).toEqual([[1, 2], []]);
  });

  test('R4: a NonRecoverableError replays in the resumed run, others do not', async () => {
    const workspace = open(
      `class Gone extends NonRecoverableError {}
      const fetched = checkpoint(async (how: string): Promise<string> => {
        say(how);
        throw how === 'lasting' ? new Gone(how) : new RangeError(how);
      });
      const caught = async (how: string): Promise<string> => {
        try { return await fetched(how); }
        catch (error) { return (error instanceof Gone) + String((error as Error).message); }
      };
      export const main = env.task(async () => {
        const all = [await caught('lasting'), await caught('passing')];
        if (text('ready.txt') !== 'yes') throw new Error('not ready');
        return all;
      });`,
      { 'ready.txt': 'no' },
    );
    const first = await workspace.run('main');
    workspace.write({ 'ready.txt': 'yes' });
    const second = await workspace.run('main', { resume: [first] });
    expect(second.value).toEqual(['truelasting', 'falsepassing']);
    expect([first.printed, second.printed]).toEqual([['lasting', 'passing'], ['passing']]);
  });

  test('R4 P1: a trace names what its checkpoints observed in an earlier attempt', async () => {
    const workspace = open(
      `const load = checkpoint(async () => text('data.txt'));
      export const work = cached.task(async () => {
        say('work');
        const data = await load();
        die();
        return data;
      });
      export const main = env.task(async () => await work());`,
      { 'data.txt': 'old' },
    );
    const first = await workspace.run('main');
    expect([first.value, traceOf(first, 'work')]).toEqual(['old', true]);
    const second = await workspace.run('main');
    expect([second.value, second.printed]).toEqual(['old', []]);
    workspace.write({ 'data.txt': 'new' });
    const third = await workspace.run('main');
    expect([third.value, third.printed.length > 0]).toEqual(['new', true]);
  });

  const STALE = `
    const load = checkpoint(async () => text('data.txt'));
    export const work = cached.task(async () => {
      say('work');
      const data = await load();
      if (text('ready.txt') !== 'yes') throw new Error('not ready');
      return data;
    });
    export const main = env.task(async () => await work());`;

  test('R3 P1: what is replayed of other data counts for that run alone', async () => {
    const workspace = open(STALE, { 'data.txt': 'old', 'ready.txt': 'no' });
    const first = await workspace.run('main');
    workspace.write({ 'data.txt': 'new', 'ready.txt': 'yes' });
    const second = await workspace.run('main', { resume: [first] });
    expect(second.value).toBe('old');
    const third = await workspace.run('main');
    expect([third.value, third.printed]).toEqual(['new', ['work']]);
    // That of the resumed run holds where its data is there again: nothing else went into it.
    workspace.write({ 'data.txt': 'old' });
    const fourth = await workspace.run('main');
    expect([fourth.value, fourth.printed]).toEqual(['old', []]);
  });

  test('R2: where what other data made is wanted anew, its checkpoint runs again', async () => {
    const workspace = open(STALE, { 'data.txt': 'old', 'ready.txt': 'no' });
    const first = await workspace.run('main');
    workspace.write({ 'data.txt': 'new', 'ready.txt': 'yes' });
    const second = await workspace.run('main', { resume: [first], edited: 'execute' });
    expect(second.value).toBe('new');
  });

  test('R4 P4: a record whose files are gone was never made', async () => {
    const workspace = open(
      `const make = checkpoint(async () => {
        say('make');
        const path = join(context().scratch, 'a.txt');
        writeFileSync(path, 'content');
        return await File.from(path);
      });
      export const main = env.task(async () => {
        const file = await make();
        if (text('ready.txt') !== 'yes') throw new Error('not ready');
        return await file.text();
      });`,
      { 'ready.txt': 'no' },
    );
    const first = await workspace.run('main');
    workspace.write({ 'ready.txt': 'yes' });
    await rm(join(workspace.root, '.skein/files'), { recursive: true });
    const second = await workspace.run('main', { resume: [first] });
    expect([second.value, second.printed]).toEqual(['content', []]);
    for (const folder of ['blobs', 'files']) {
      await rm(join(workspace.root, '.skein', folder), { recursive: true, force: true });
    }
    const third = await workspace.run('main', { resume: [first] });
    expect([third.value, third.printed]).toEqual(['content', ['make']]);
  });
});

describe('snapshots', () => {
  const TRAINING = (more = ''): string => `
    const evaluate = env.task(async (round: string) => { say(round); return 1; });
    export const train = cached.task(async () => {
      const state = (await snapshot.load<{ epoch: number; seen: string[] }>()) ??
        { epoch: 1, seen: [] };
      ${more}
      for (; state.epoch <= 10; ) {
        say(state.epoch);
        if (state.epoch === 7) die();
        state.seen.push(text('data/' + state.epoch));
        state.epoch += 1;
        await snapshot.save(state);
      }
      return state.seen.join(' ');
    });
    export const main = env.task(async () => await train());`;
  const DATA = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`data/${index + 1}`, `d${index + 1}`]),
  );

  test('R5 P1: a training that is killed at epoch 7 of 10 goes on there', async () => {
    const workspace = open(TRAINING(), DATA);
    const first = await workspace.run('main');
    expect(first.value).toBe('d1 d2 d3 d4 d5 d6 d7 d8 d9 d10');
    expect([...new Set(first.printed)].join(' ')).toBe('1 2 3 4 5 6 7 8 9 10');
    expect(first.printed.filter((epoch) => epoch !== '7')).toHaveLength(9);
    expect(traceOf(first, 'train')).toBe(true);
    const trained = [...first.state.actions.values()].at(-1);
    expect([trained?.outcome?.kind, trained?.snapshot]).toEqual(['result', undefined]);
    expect((await workspace.run('main')).printed).toEqual([]);
    // Only the attempt that was killed had read it.
    workspace.write({ 'data/2': 'other' });
    const third = await workspace.run('main');
    expect([String(third.value).slice(0, 8), third.printed[0]]).toEqual(['d1 other', '1']);
  });

  const STOPPING = (more: string): string =>
    TRAINING(more).replace('die();', "if (text('stop') === 'yes') throw new Error('stopped');");

  test('R5 R3: resume loads it; made by other code, it leaves no trace', async () => {
    const workspace = open(STOPPING(''), { ...DATA, stop: 'yes' });
    const first = await workspace.run('main');
    expect(first.error).toMatchObject({ message: 'stopped' });
    expect(first.state.actions.get(2)?.snapshot).toBeDefined();
    workspace.write({ stop: 'no' });
    edit(workspace, STOPPING('say("edited");'));
    const second = await workspace.run('main', { resume: [first] });
    expect(second.printed).toEqual(['edited', '7', '8', '9', '10']);
    expect(second.value).toBe('d1 d2 d3 d4 d5 d6 d7 d8 d9 d10');
    expect(traceOf(second, 'train')).toEqual(expect.any(String));
    const third = await workspace.run('main', { resume: [first], edited: 'execute' });
    expect(third.printed.slice(0, 2)).toEqual(['edited', '1']);
  });

  test('R5 R6: a call after the load is the next of its kind, not the first again', async () => {
    const workspace = open(`
      const sample = env.task(async () => await durable.uuid());
      export const main = env.task(async () => {
        const seen = (await snapshot.load<string[]>()) ?? [];
        while (seen.length < 4) {
          seen.push(await sample());
          await snapshot.save(seen);
          if (seen.length === 2) die();
        }
        return seen;
      });`);
    const { value } = await workspace.run('main');
    expect(new Set(value as string[]).size).toBe(4);
  });

  test('R5: a draw after the load is none of those before the save', async () => {
    const workspace = open(
      `
      const fetched = checkpoint(async (n: number) => { say('fetch'); return n; });
      export const main = env.task(async () => {
        const seed = await durable.uuid();
        const seen = (await snapshot.load<string[]>()) ?? [seed];
        await fetched(1);
        while (seen.length < 5) {
          seen.push(await durable.uuid());
          if (seen.length === 3) die();
          if (seen.length === 4 && text('ready.txt') !== 'yes') throw new Error('not ready');
          await snapshot.save(seen);
        }
        return [seed, ...seen];
      });`,
      { 'ready.txt': 'no' },
    );
    const first = await workspace.run('main');
    workspace.write({ 'ready.txt': 'yes' });
    const { value, printed } = await workspace.run('main', { resume: [first] });
    const [seed, ...seen] = value as string[];
    expect([seen[0], seen.length, new Set(seen).size]).toEqual([seed, 5, 5]);
    expect([first.printed, printed]).toEqual([['fetch'], []]);
    const drawn = first.state.actions.get(1)?.checkpoints ?? [];
    expect(drawn.filter(({ checkpoint }) => checkpoint === 'skein#uuid')).toHaveLength(4);
  });

  test('R5 P1: a save records what is new since the one before, and a load gets all', async () => {
    const workspace = open(
      `
      const even = env.task(async (n: number) => n % 2 === 0);
      export const main = cached.task(async () => {
        let round = (await snapshot.load<number>()) ?? 0;
        while (round < 10) {
          await even(text('data/' + (round + 1)).length);
          await snapshot.save(++round);
        }
        return die() ?? round;
      });`,
      DATA,
    );
    const { value, events, state } = await workspace.run('main');
    const saves = events.filter((event) => event.kind === 'snapshot-saved');
    const sizes = saves.map((save) => save.snapshot.observed.waves.flat().length);
    expect(sizes.join('')).toBe('2222222222');
    const main = state.actions.get(1);
    const waves = main?.attempts[1]?.snapshot?.observed.waves;
    expect([waves?.length, waves?.flat().length]).toEqual([11, 20]);
    expect([value, main?.traced, main?.waves]).toEqual([10, true, waves]);
  });
});

test('R4 PARITY 10: durable values are those of the first attempt, sleeps included', async () => {
  const workspace = open(`
    export const main = env.task(async () => {
      const drawn = [await durable.now(), await durable.random(), await durable.uuid()];
      await durable.sleep('1ms');
      say(drawn);
      die();
      return drawn;
    });`);
  const { printed, state } = await workspace.run('main');
  expect(new Set(printed).size).toBe(1);
  const names = state.actions.get(1)?.checkpoints.map(({ checkpoint }) => checkpoint);
  expect(names).toEqual(['skein#now', 'skein#random', 'skein#uuid', 'skein#sleep']);
});

test('R4 R5: the example of the manual runs', async () => {
  const manual = await readFile(join(import.meta.dirname, '../../../docs/durable.md'), 'utf8');
  const [, example] = /```ts\n([^]*?)```/.exec(manual) ?? [];
  const workspace = new RealWorkspace({ 'src/main.ts': String(example), 'src/rows.txt': '1\n2\n' });
  opened.push(workspace);
  const { value } = await workspace.run('train', { args: ['./rows.txt'] });
  expect(value).toEqual({ epochs: 10, gained: 20 });
});
