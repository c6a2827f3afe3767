import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { existsSync, appendFileSync } from 'node:fs';
import { environment, map, File } from 'skein';

const env = environment({ name: 'replay' });

export class NotEven extends Error {
  constructor(n: number) { super('odd: ' + n); this.n = n; }
  n: number;
}

export const half = env.task(async (n: number) => {
  appendFileSync(process.env['HOME'] + '/executed', n + ' ');
  if (n % 2 === 1) throw new NotEven(n);
  return n / 2;
});

export const slow = env.task(async (ms: number) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ms;
});

export const halves = env.task(async (numbers: number[]) => {
  console.log('halving ' + numbers.join());
  const found: unknown[] = [];
  for (const n of numbers) {
    try { found.push(await half(n)); } catch (error) {
      found.push(error instanceof NotEven ? 'no half of ' + error.n : 'another class');
    }
  }
  return found;
});

export const race = env.task(async () =>
  await Promise.race([slow(60_000), slow(300), slow(1)]),
);

export const all = env.task(async () => await map(half, [2, 4, 6, 8]));

export const broken = env.task(async (n: number) => {
  const four = await half(8);
  throw new NotEven(four + n);
});

export const roll = env.task(async () => ({ eyes: Math.random() }));

export const note = env.task(async (source: File) =>
  File.from(new TextEncoder().encode((await source.text()).toUpperCase()), { name: 'note.txt' }),
);
`;

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 90_000 };

const workspaces: RealWorkspace[] = [];

afterEach(() => {
  for (const one of workspaces.splice(0)) one.remove();
});

interface Pipeline extends RealWorkspace {
  /** Calls of \`half\` that executed so far. */
  readonly executed: () => string;
}

function pipelineOf(source = MAIN): Pipeline {
  const made = realWorkspace({ 'data/a.txt': 'some text' });
  workspaces.push(made);
  const log = join(made.root, 'executed');
  made.write(
    'src/main.ts',
    source.replace("process.env['HOME'] + '/executed'", JSON.stringify(log)),
  );
  const executed = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');
  return { ...made, executed };
}

/** Runs and content of the state: what a replay must not change. */
async function recordOf(pipeline: RealWorkspace): Promise<unknown> {
  const folders = ['blobs', 'files'].map((name) => join(pipeline.root, '.skein', name));
  const content = folders.map((path) => existsSync(path) && readdirSync(path, { recursive: true }));
  return [(await pipeline.skein('runs --json')).out, content];
}

test(
  'the action executes with its inputs; its calls are answered, failures too',
  SLOW,
  async () => {
    const pipeline = pipelineOf();
    await pipeline.skein('run src/main.ts halves --numbers 4 --numbers 3 --numbers 4');
    const before = [pipeline.executed(), await recordOf(pipeline)];
    const { code, out, err } = await pipeline.skein('replay last 1');
    expect([code, out, err]).toEqual([
      0,
      'succeeded src/main.ts#halves in TIME\n' +
        '  result    [2, "no half of 3", 2]\n' +
        '  recorded  the same result\n' +
        '  calls     3 calls answered from the record\n' +
        '  replay    action 1 of run RUN; nothing is recorded\n',
      'halving 4,3,4\n',
    ]);
    expect([pipeline.executed(), await recordOf(pipeline)]).toEqual(before);
  },
);

test('the recorded code is replayed, whatever the sources are now', SLOW, async () => {
  const pipeline = pipelineOf();
  await pipeline.skein('run src/main.ts halves --numbers 4');
  pipeline.write('src/main.ts', 'gone (');
  const { code, out } = await pipeline.skein('replay last 1');
  expect([code, out]).toEqual([0, expect.stringContaining('recorded  the same result')]);
});

test('D6: where nothing can be written it is told, not thrown', SLOW, async () => {
  const pipeline = pipelineOf();
  await pipeline.skein('run src/main.ts half --n 4');
  rmSync(join(pipeline.root, '.skein/scratch'), { recursive: true });
  writeFileSync(join(pipeline.root, '.skein/scratch'), '');
  const { code, err } = await pipeline.skein('replay last 1');
  expect([code, err]).toEqual([2, expect.stringContaining('error[state-unwritable]')]);
});

test('calls of a map, and of a race, get what they got, in that order', SLOW, async () => {
  const pipeline = pipelineOf();
  await pipeline.skein('run src/main.ts all');
  const { out } = await pipeline.skein('replay last 1');
  expect(out).toContain('result    [1, 2, 3, 4]');
  expect(out).toContain('calls     4 calls answered from the record');
  await pipeline.skein('run src/main.ts race');
  const raced = await pipeline.skein('replay last 1');
  expect(raced.out).toContain('result    1\n  recorded  the same result');
});

test('what throws is shown as a run shows it: exit 1', SLOW, async () => {
  const pipeline = pipelineOf();
  await pipeline.skein('run src/main.ts broken --n 3');
  const { code, out } = await pipeline.skein('replay last 1');
  expect(code).toBe(1);
  // This test runner maps no positions: see the one that starts the command.
  expect(out.replaceAll(/at \S+:\d+:\d+/g, 'at PLACE')).toMatchInlineSnapshot(`
    "failed src/main.ts#broken after 0 ms

    NotEven: odd: 7
      n       7
      task    src/main.ts#broken, action 1
      inputs  n  3
      at PLACE

      recorded  the same error
      calls     1 call answered from the record
      replay    action 1 of run RUN; nothing is recorded
    "
  `);
  const child = await pipeline.skein('replay last 2');
  expect(child.out).toContain('result    4');
});

test('what comes out otherwise: where it differs', SLOW, async () => {
  const pipeline = pipelineOf();
  await pipeline.skein('run src/main.ts roll');
  const { code, out } = await pipeline.skein('replay last 1');
  expect(code).toBe(0);
  expect(out).toContain('recorded  something else');
  expect(out).toMatch(/differs +result\.eyes 0\.\d+ → 0\.\d+/);
  const json = JSON.parse((await pipeline.skein('replay last 1 --json')).out) as unknown;
  expect(json).toMatchObject({
    action: 1,
    status: 'succeeded',
    equal: false,
    calls: { answered: 0, executed: 0 },
  });
});

test('files go in and come out', SLOW, async () => {
  const pipeline = pipelineOf();
  await pipeline.skein('run src/main.ts note --source data/a.txt');
  const { out } = await pipeline.skein('replay last 1');
  expect(out).toContain('recorded  the same result');
  expect(out).toContain('note.txt: ');
});

test('a reused action is answered by what the run recorded that executed it', SLOW, async () => {
  const pipeline = pipelineOf(MAIN.replace("name: 'replay'", "name: 'replay', cache: 'auto'"));
  await pipeline.skein('run src/main.ts all');
  await pipeline.skein('run src/main.ts all');
  const { out } = await pipeline.skein('replay last 1');
  expect(out).toContain('result    [1, 2, 3, 4]');
  expect(out).toContain('calls     4 calls answered from the record');
});

test('a call that is not on record executes here, and is counted', SLOW, async () => {
  const pipeline = pipelineOf(`${MAIN}
export const fickle = env.task(async () => {
  const first = !existsSync('flag');
  appendFileSync('flag', 'x');
  return first ? await half(2) : (await half(2)) + (await half(12));
});
`);
  await pipeline.skein('run src/main.ts fickle');
  const { code, out } = await pipeline.skein('replay last 1');
  expect(code).toBe(0);
  expect(out).toContain('result    7\n  recorded  something else\n  differs   result 1 → 7\n');
  expect(out).toContain(
    'calls     1 call answered from the record, 1 call not on record and executed',
  );
  expect(pipeline.executed()).toBe('2 12 ');
});

test('PARITY 10: checkpoints and durable values are those on record', SLOW, async () => {
  const pipeline = pipelineOf(`
import { checkpoint, durable, environment } from 'skein';
const env = environment({ name: 'durable' });
const throwDice = checkpoint(async (sides: number) => Math.ceil(Math.random() * sides));
export const main = env.task(async () => ({
  now: await durable.now(),
  random: [await durable.random(), await durable.random()],
  uuid: await durable.uuid(),
  dice: [await throwDice(1_000_000), await throwDice(1_000_000), await throwDice(999_999)],
}));
`);
  await pipeline.skein('run src/main.ts');
  const { code, out } = await pipeline.skein('replay last 1');
  expect([code, out]).toEqual([0, expect.stringContaining('recorded  the same result')]);
});

test('R5: it begins with the snapshot that its last attempt began with', SLOW, async () => {
  const pipeline = pipelineOf(`
import { environment, snapshot } from 'skein';
const env = environment({ name: 'snapshots' });
const retries = { count: 1, backoff: { base: '1ms', factor: 1, cap: '1ms' } } as const;
export const step = env.task(async (n: number) => n + Math.random());
export const main = env.task({ retries }, async () => {
  const saved = (await snapshot.load()) as number[] | undefined;
  const found = saved ?? [await step(1)];
  if (saved === undefined) {
    await snapshot.save(found);
    throw new Error('at the first epoch');
  }
  await snapshot.save([...found, await step(1), await step(2)]);
  return await snapshot.load();
});
`);
  const ran = await pipeline.skein('run src/main.ts');
  expect(ran.code).toBe(0);
  const { code, out } = await pipeline.skein('replay last 1');
  expect([code, out]).toEqual([0, expect.stringContaining('recorded  the same result')]);
  expect(out).toContain('calls     2 calls answered from the record\n');
});

test('R4: what a resumed action had from the run before it is on record there', SLOW, async () => {
  const pipeline = pipelineOf(`
import { existsSync } from 'node:fs';
import { checkpoint, environment } from 'skein';
const env = environment({ name: 'resumed' });
const throwDice = checkpoint(async () => Math.random());
export const step = env.task(async (n: number) => n + Math.random());
export const main = env.task(async () => {
  const found = [await throwDice(), await throwDice(), await step(1)];
  if (!existsSync('flag')) throw new Error('not yet');
  return found;
});
`);
  expect((await pipeline.skein('run src/main.ts')).code).toBe(1);
  pipeline.write('flag', '');
  expect((await pipeline.skein('resume')).code).toBe(0);
  const { code, out } = await pipeline.skein('replay last 1');
  expect([code, out]).toEqual([0, expect.stringContaining('recorded  the same result')]);
  expect(out).toContain('calls     1 call answered from the record\n');
});

test('what is not on record is said', SLOW, async () => {
  const pipeline = pipelineOf();
  await pipeline.skein('run src/main.ts all');
  const none = await pipeline.skein('replay last 17');
  expect([none.code, none.err]).toEqual([2, expect.stringMatching(/^error\[action-not-found\]/)]);
  const word = await pipeline.skein('replay last half');
  expect([word.code, word.err]).toEqual([
    2,
    'error[usage]: an action is named by its number\n' +
      '  given  "half"\n  hint: "skein show <run>" lists them\n',
  ]);
  rmSync(join(pipeline.root, '.skein/bundles'), { recursive: true });
  writeFileSync(join(pipeline.root, 'src/main.ts'), '');
  const gone = await pipeline.skein('replay last 1');
  expect([gone.code, gone.err]).toEqual([2, expect.stringMatching(/^error\[record-missing\]/)]);
});

test('--inspect waits for a debugger and stops in the author’s function', SLOW, async () => {
  const pipeline = pipelineOf();
  await pipeline.skein('run src/main.ts halves --numbers 4');
  const command = join(import.meta.dirname, '../cli.ts');
  const args = ['--conditions=@skein/source', command, 'replay', 'last', '1', '--inspect=0'];
  const child = spawn(process.execPath, args, { cwd: pipeline.root });
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  const ended = once(child, 'exit');
  const url = await err.match(/ws:\/\/127\.0\.0\.1:\d+\/\S+/);
  const paused = await debugAt(url);
  expect(await ended).toEqual([0, null]);
  const lines = MAIN.split('\n');
  const { source, line } = placeIn(paused);
  expect(source).toBe('src/main.ts');
  expect(lines[line - 1]).toContain("console.log('halving");
  expect(out.text()).toContain('recorded  the same result');
});

/** All that a stream brought, and a place to wait for something in it. */
function textOf(stream: Readable): {
  readonly text: () => string;
  readonly match: (pattern: RegExp) => Promise<string>;
} {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return {
    text: () => text,
    match: async (pattern) => {
      while (!pattern.test(text)) await once(stream, 'data');
      return pattern.exec(text)?.[0] ?? '';
    },
  };
}

interface Paused {
  readonly line: number;
  readonly column: number;
  /** URL of the script, and of its source map. */
  readonly url: string;
  readonly map: string;
}

/** Attaches, waits until the program stops, lets it go on. */
async function debugAt(url: string): Promise<Paused> {
  const socket = new WebSocket(url);
  const scripts = new Map<string, { readonly url: string; readonly sourceMapURL: string }>();
  const paused = Promise.withResolvers<Paused>();
  let id = 0;
  const post = (method: string): void => {
    id += 1;
    socket.send(JSON.stringify({ id, method }));
  };
  socket.addEventListener('open', () => {
    for (const method of ['Runtime.enable', 'Debugger.enable', 'Runtime.runIfWaitingForDebugger']) {
      post(method);
    }
  });
  socket.addEventListener('error', () => paused.reject(new Error('no debugger')));
  socket.addEventListener('message', ({ data }) => {
    const { method, params } = JSON.parse(String(data)) as Message;
    if (method === 'Debugger.scriptParsed') scripts.set(params.scriptId, params);
    if (method !== 'Debugger.paused') return;
    const [frame] = params.callFrames;
    const script = scripts.get(frame?.location.scriptId ?? '');
    if (frame === undefined || script === undefined) return;
    const { lineNumber, columnNumber } = frame.location;
    paused.resolve({
      line: lineNumber,
      column: columnNumber,
      url: script.url,
      map: script.sourceMapURL,
    });
    post('Debugger.resume');
  });
  return await paused.promise;
}

interface Message {
  readonly method: string;
  readonly params: {
    readonly scriptId: string;
    readonly url: string;
    readonly sourceMapURL: string;
    readonly callFrames: readonly {
      readonly location: {
        readonly scriptId: string;
        readonly lineNumber: number;
        readonly columnNumber: number;
      };
    }[];
  };
}

/** What a debugger shows for the place, by the source map beside the bundle. */
function placeIn({ url, map, line, column }: Paused): { source: string; line: number } {
  const bundle = fileURLToPath(url);
  const content = JSON.parse(readFileSync(join(dirname(bundle), map), 'utf8')) as SourceMap;
  const found = new SourceMap(content as never).findOrigin(line + 1, column + 1);
  if (!('fileName' in found)) throw new Error('no source is mapped there');
  return { source: found.fileName.replace(/^(?:\.\.\/)+/, ''), line: found.lineNumber };
}
