import childProcess, { execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTracked } from '../test/tracked.ts';
import type { Tracked } from '../test/tracked.ts';

const BOTH = "process.stdout.write('out ä\\n'); process.stderr.write('err\\n');";

let printed: string[];
let tracked: Tracked;
beforeEach(() => {
  printed = [];
  tracked = openTracked({ output: (stream, text) => printed.push(`${stream} ${text}`) });
});
afterEach(() => tracked.close());

/** What was taken of a stream, however it was cut. */
function taken(stream: 'stdout' | 'stderr'): string {
  const own = printed.filter((it) => it.startsWith(`${stream} `));
  return own.map((it) => it.slice(stream.length + 1)).join('');
}

const start = (script: string, stdio: StdioOptions): ChildProcess =>
  spawn(process.execPath, ['-e', script], { stdio });

const INHERITING: readonly StdioOptions[] = [
  'inherit',
  ['ignore', 'inherit', 'inherit'],
  ['ignore', 1, 2],
  ['ignore', process.stdout, process.stderr],
];

test.each(INHERITING.map((stdio) => ({ stdio })))(
  'what a subprocess inherits is taken',
  async ({ stdio }) => {
    const { value } = await tracked.act(async () => {
      const child = start(BOTH, stdio);
      const shown = [child.stdout, child.stderr, child.stdio[1], child.stdio[2]];
      const end = await once(child, 'close');
      return [shown, end];
    });
    expect(value).toEqual([
      [null, null, null, null],
      [0, null],
    ]);
    expect([taken('stdout'), taken('stderr')]).toEqual(['out ä\n', 'err\n']);
  },
);

test('all is known when the exit is told, and close comes after it', async () => {
  const { value } = await tracked.act(async () => {
    const child = start("console.log('x'.repeat(300000))", ['ignore', 'inherit', 'pipe']);
    const events: string[] = [];
    child.on('exit', () => events.push(`exit ${taken('stdout').length}`));
    child.on('close', () => events.push('close'));
    child.stderr?.resume();
    await once(child, 'close');
    return events;
  });
  expect(value).toEqual(['exit 300001', 'close']);
});

test('a pipe that something else holds open does not keep the end from being told', async () => {
  const { value } = await tracked.act(async () => {
    const child = spawn('sh', ['-c', 'sleep 600 & echo $!'], { stdio: 'inherit' });
    await once(child, 'close');
    process.kill(Number(taken('stdout')), 'SIGKILL');
    return child.exitCode;
  });
  expect(value).toBe(0);
});

test('one stream may stand for both, and what is piped to the author stays his', async () => {
  await tracked.act(async () => {
    await once(start(BOTH, ['ignore', 'pipe', 1]), 'close');
  });
  expect([taken('stdout'), taken('stderr')]).toEqual(['err\n', '']);
});

test('fork inherits by itself', async () => {
  tracked.write({ 'say.cjs': "console.log('forked')" });
  await tracked.act(async () => await once(fork(tracked.path('say.cjs')), 'close'));
  expect(taken('stdout')).toBe('forked\n');
});

test('what fails to start says so, and closes', async () => {
  const { value } = await tracked.act(async () => {
    const child = spawn('/no/such/program', { stdio: 'inherit' });
    const [error] = (await once(child, 'error').catch((it: unknown) => [it])) as [Error];
    return error.message;
  });
  expect(value).toContain('ENOENT');
});

test('while a caller is blocked, what comes is taken in the end, in order', async () => {
  const { value } = await tracked.act(() => {
    const script = "for (let i = 0; i < 3; i++) { console.log('out', i); console.error('err', i) }";
    const results = [
      spawnSync(process.execPath, ['-e', script], { stdio: ['ignore', 1, 1] }),
      spawnSync(process.execPath, ['-e', script], { stdio: 'inherit' }),
    ];
    return results.map(({ status, stdout, stderr, output }) => [status, stdout, stderr, output]);
  });
  expect(value).toEqual([
    [0, null, null, [null, null, null]],
    [0, null, null, [null, null, null]],
  ]);
  expect(taken('stdout')).toBe('out 0\nerr 0\nout 1\nerr 1\nout 2\nerr 2\nout 0\nout 1\nout 2\n');
  expect(taken('stderr')).toBe('err 0\nerr 1\nerr 2\n');
  expect(readdirSync(tracked.settings.scratch)).toEqual([]);
});

test('errors of blocked callers are those of an inherited output', async () => {
  const { value } = await tracked.act(() => {
    const messages: unknown[] = [];
    for (const run of [
      () => execSync('echo no >&2; exit 3', { stdio: 'inherit' }),
      () => execFileSync('sh', ['-c', 'echo no >&2; exit 4'], { stdio: ['ignore', 2, 2] }),
    ]) {
      try {
        run();
      } catch (error) {
        const { message, status, stderr } = error as Error & { status: number; stderr: unknown };
        messages.push([message, status, stderr]);
      }
    }
    return messages;
  });
  expect(value).toEqual([
    ['Command failed: echo no >&2; exit 3', 3, null],
    ['Command failed: sh -c echo no >&2; exit 4', 4, null],
  ]);
  expect(taken('stderr')).toBe('no\nno\n');
});

test('what is not inherited, or belongs to nobody, is left alone', async () => {
  await tracked.act(() => [
    String(execFileSync('echo', ['a'])),
    String(execSync('echo b')),
    childProcess.spawnSync('echo', ['c'], { stdio: 'ignore' }).status,
  ]);
  const outside = spawnSync('true', { stdio: 'inherit' });
  expect([outside.status, printed]).toEqual([0, []]);
});
