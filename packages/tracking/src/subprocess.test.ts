import childProcess, {
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
} from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { digestOf } from '@skein/values';
import type { ModuleObservation } from '@skein/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { impuritiesOf, openTracked } from '../test/tracked.ts';
import type { Acted, Tracked } from '../test/tracked.ts';
import { moduleDigestNow } from './module-digest.ts';
import { stampsInMemory } from './stamped-digest.ts';
import { observeStart } from './subprocess.ts';

const PATH = process.env['PATH'] ?? '';
/** No name of a file. */
const LONG = 'x'.repeat(10_000);
let tracked: Tracked;
beforeEach(() => {
  tracked = openTracked({ path: PATH });
  tracked.write({
    'a.txt': 'content',
    'folder/b.txt': '',
    'exit.cjs': '',
    'bin/tool': '#!/bin/sh\necho tool',
    'late/other': '',
  });
  fs.chmodSync(tracked.path('bin/tool'), 0o755);
});
afterEach(() => tracked.close());

const ended = async (child: childProcess.ChildProcess): Promise<unknown> =>
  await once(child, 'exit');

/** `kind name`, for each observation. */
function observedIn({ seen }: Acted): readonly string[] {
  return seen.observations.map((it) => {
    if (it.kind === 'module') return `${it.specifier} from ${it.from}`;
    return it.kind === 'variable' ? it.name : `${it.kind} ${it.path}`;
  });
}

/** The look-ups of an action whose result would be another now. */
function changedLookUps({ seen }: Acted, path = PATH): readonly string[] {
  const { root, settings } = tracked;
  const { state, now } = settings;
  const world = { root, state, path, now, stamps: stampsInMemory() };
  return seen.observations
    .filter((it): it is ModuleObservation => it.kind === 'module')
    .filter((it) => moduleDigestNow(it, world) !== it.digest)
    .map((it) => it.specifier);
}

describe('O8: a subprocess is an impurity, and an observation of what its words name', () => {
  const cwd = (): { cwd: string } => ({ cwd: tracked.root });
  const forms: Readonly<Record<string, () => unknown>> = {
    spawn: () => ended(spawn('cat', ['a.txt'], cwd())),
    'spawn in a shell': () => ended(spawn('cat a.txt', { ...cwd(), shell: true })),
    spawnSync: () => childProcess.spawnSync('cat', ['a.txt'], cwd()),
    'spawnSync in a shell': () => childProcess.spawnSync('cat a.txt', { ...cwd(), shell: true }),
    execFile: () => promisify(execFile)('cat', ['a.txt'], cwd()),
    execFileSync: () => execFileSync('cat', ['a.txt'], cwd()),
    exec: () => ended(exec('cat a.txt', cwd())),
    'exec, promisified': async () => (await promisify(exec)('cat a.txt', cwd())).stdout,
    execSync: () => execSync('cat a.txt', cwd()),
    'a shell by its name': () => ended(spawn('sh', ['-ec', 'cat a.txt'], cwd())),
  };

  test.each(Object.entries(forms))('%s', async (_, use) => {
    const [user, other] = await Promise.all([
      tracked.act(async () => {
        await Promise.resolve();
        return await use();
      }),
      tracked.act(async () => {
        await Promise.resolve();
        await new Promise(setImmediate);
      }),
    ]);
    expect(user.error).toBeUndefined();
    expect(impuritiesOf(user)).toEqual(['subprocess cat']);
    expect(user.seen.impurities[0]?.at).toBe('subprocess.test.ts');
    expect(observedIn(user).filter((it) => !/program:.*\bsh\b/.test(it))).toEqual([
      'program:cat from $PATH',
      'file a.txt',
    ]);
    const file = user.seen.observations.find((it) => it.kind === 'file');
    expect(file?.digest).toBe(digestOf('blob', 'content'));
    expect(changedLookUps(user)).toEqual([]);
    expect(impuritiesOf(other)).toEqual([]);
    expect(observedIn(other)).toEqual([]);
  });

  test('fork, of which Node itself is what the platform says', async () => {
    const acted = await tracked.act(() =>
      ended(fork(tracked.path('exit.cjs'), [], { ...cwd(), execArgv: [] })),
    );
    expect(impuritiesOf(acted)).toEqual([`subprocess ${process.execPath}`]);
    expect(observedIn(acted)[1]).toBe('file exit.cjs');
  });

  test('a thread', async () => {
    const acted = await tracked.act(() => {
      const worker = new Worker(tracked.path('exit.cjs'), { env: {} });
      return once(worker, 'exit');
    });
    expect(acted.error).toBeUndefined();
    expect(impuritiesOf(acted)).toEqual(['subprocess new Worker()']);
    expect(observedIn(acted)).toEqual(['file exit.cjs']);
  });
});

test('O8: folders, and files that options name, are observed; other words are not', async () => {
  const acted = await tracked.act(() =>
    childProcess.spawnSync(
      'true',
      ['folder', '--in=a.txt', '-x', 'absent.txt', '/dev/null', LONG],
      {
        cwd: tracked.root,
      },
    ),
  );
  expect(observedIn(acted)).toEqual(['program:true from $PATH', 'listing folder', 'file a.txt']);
});

test('O8: a program in the workspace is looked up by its path, with its interpreter', async () => {
  const acted = await tracked.act(() => execFileSync('./bin/tool', { cwd: tracked.root }));
  expect(observedIn(acted)).toEqual(['program:bin/tool from .']);
  expect(changedLookUps(acted)).toEqual([]);
  tracked.write({ 'bin/tool': '#!/bin/sh\necho other' });
  expect(changedLookUps(acted)).toEqual(['program:bin/tool']);
});

test('O8: a program that comes earlier in the PATH of another day is another program', async () => {
  const env = { PATH: `${tracked.path('late')}:${tracked.path('bin')}:${PATH}` };
  const acted = await tracked.act(() => execFileSync('tool', { env, encoding: 'utf8' }));
  expect(acted.value).toBe('tool\n');
  expect(observedIn(acted)).toEqual(['program:tool from late:bin:$PATH']);
  expect(changedLookUps(acted)).toEqual([]);
  tracked.write({ 'late/tool': '#!/bin/sh\necho late' });
  expect(changedLookUps(acted)).toEqual([]);
  fs.chmodSync(tracked.path('late/tool'), 0o755);
  expect(changedLookUps(acted)).toEqual(['program:tool']);
});

test('O8 D7: the line of a command task is read like any other', async () => {
  const [tool, a, b] = ['bin/tool', 'a.txt', 'folder/b.txt'].map((it) => tracked.path(it));
  const line = `${tool} < ${a} | sort > "$1" > here; cat ${b}`;
  const acted = await tracked.act(() => observeStart({ program: '/bin/sh', args: ['-euc', line] }));
  expect(observedIn(acted)).toEqual(
    expect.arrayContaining(['program:bin/tool from .', 'file a.txt', 'file folder/b.txt']),
  );
  expect(changedLookUps(acted)).toEqual([]);
  tracked.write({ 'bin/tool': '#!/bin/sh\necho other' });
  expect(changedLookUps(acted)).toEqual(['program:bin/tool']);
  expect(impuritiesOf(acted)).toEqual([]);
  expect(acted.seen.untraceable).toEqual([]);
});

test('O8: a program that is not there may come', async () => {
  const acted = await tracked.act(() => execFileSync('no-such-program'));
  expect(String(acted.error)).toContain('ENOENT');
  expect(acted.seen.observations.map((it) => it.digest)).toEqual([null]);
  expect(changedLookUps(acted)).toEqual([]);
  tracked.write({ 'bin/no-such-program': '' });
  fs.chmodSync(tracked.path('bin/no-such-program'), 0o755);
  expect(changedLookUps(acted, `${PATH}:${tracked.path('bin')}`)).toEqual([
    'program:no-such-program',
  ]);
});

test('O8 C6: a program of an installed package stands for the package', async () => {
  tracked.write({
    'node_modules/tool/package.json': '{ "name": "tool", "version": "1.0.0" }',
    'node_modules/tool/cli.js': '#!/usr/bin/env node\nrequire("./lib.js")',
    'node_modules/tool/lib.js': 'console.log(1)',
  });
  fs.chmodSync(tracked.path('node_modules/tool/cli.js'), 0o755);
  fs.mkdirSync(tracked.path('node_modules/.bin'));
  fs.symlinkSync('../tool/cli.js', tracked.path('node_modules/.bin/tool'));
  const use = (): unknown => execFileSync(tracked.path('node_modules/.bin/tool'));
  const acted = await tracked.act(use);
  expect(acted.error).toBeUndefined();
  expect(observedIn(acted)).toEqual(['program:node_modules/.bin/tool from $PATH']);
  expect(changedLookUps(acted)).toEqual([]);
  tracked.write({ 'node_modules/tool/lib.js': 'console.log(2)' });
  expect(changedLookUps(acted)).toEqual(['program:node_modules/.bin/tool']);
});

test('O5: what a shell writes into is written by the action', async () => {
  const acted = await tracked.act(() => execSync('cat a.txt > out.txt', { cwd: tracked.root }));
  expect(acted.seen.wrote).toEqual(['out.txt']);
  expect(acted.seen.untraceable).toEqual([
    'a subprocess wrote "out.txt", at subprocess.test.ts; hand on a File or Dir instead',
  ]);
  const scratch = tracked.path('.skein/scratch/out.txt');
  const within = await tracked.act(() => execSync(`cat a.txt > ${scratch}`, { cwd: tracked.root }));
  expect([within.seen.wrote, within.seen.untraceable]).toEqual([[], []]);
});

test('O8: util.promisify finds its own forms', () => {
  expect([exec, execFile].every((it) => promisify.custom in it)).toBe(true);
});
