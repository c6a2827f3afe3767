import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { digestOf } from '@skein/values';
import type { Observation } from '@skein/model';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { FakeEngine } from '../test/engine.ts';
import type { Ended } from '../test/engine.ts';
import { namesIn } from '../test/observing.ts';
import { IMAGE, SocketLauncher } from '../test/socket-launcher.ts';
import { createPoolWith } from './create.ts';
import type { BundleLocation, Executor } from './executor.ts';

// Processes start and are waited for.
vi.setConfig({ testTimeout: 60_000 });

const SOURCE = String.raw`
import { execFileSync } from 'node:child_process';
import {
  existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { context, Dir, environment, File } from 'skein';

const env = environment({ name: 'test' });
const atLoad = await File.from(Buffer.from('made while loading'));

const readsAtLoad = env.task(async () => await atLoad.text());
const variables = env.task(async () => [
  process.env.OF_IMAGE, process.env.HOSTNAME ?? 'none', process.env.SKEIN_CHANNEL ?? 'none',
  process.env.HOME === process.env.TMPDIR, process.env.MODEL,
]);
const host = env.task(async () => [os.hostname(), os.userInfo().uid].length);
const images = env.task(async (path) => readFileSync(path, 'utf8'));
const writesImage = env.task(async (path) => { writeFileSync(path, 'left'); });
const readsImage = env.task(async (path) => existsSync(path));
const fetches = env.task(async () => { await fetch('http://example.com/'); });
const node = env.task(async () =>
  execFileSync(process.execPath, ['-p', '6 * 7'], { encoding: 'utf8' }).trim());
const tools = env.task(async () => execFileSync('bin/tool', { encoding: 'utf8' }).trim());
const pid = env.task(async () => process.pid);
const large = env.task(async (bytes) => {
  const { scratch } = context();
  writeFileSync(join(scratch, 'a.bin'), Buffer.alloc(bytes, 7));
  mkdirSync(join(scratch, 'tree/b'), { recursive: true });
  writeFileSync(join(scratch, 'tree/b/run.sh'), 'echo', { mode: 0o755 });
  const dir = await Dir.from(join(scratch, 'tree'));
  return { file: await File.from(join(scratch, 'a.bin')), dir };
});
const uses = env.task(async ({ file, dir }) => [
  await file.path(), (await file.bytes()).length, await dir.path(),
]);
const hostile = env.task(async (secret) => {
  const outbox = join(process.env.TMPDIR, 'outbox');
  await File.from(Buffer.from('first'));
  renameSync(outbox, outbox + '-before');
  symlinkSync(secret, outbox);
  try { await File.from(Buffer.from('second')); return 'kept'; }
  catch (error) { return error.code ?? error.failure.code; }
});
`;

let shop: Workshop;
let pool: Executor;
let bundle: BundleLocation;
let tool: string;

beforeAll(() => {
  shop = openWorkshop();
  bundle = shop.bundle(namesIn(SOURCE), SOURCE);
  tool = join(shop.root, 'bin/tool');
  mkdirSync(join(shop.root, 'bin'));
  writeFileSync(tool, '#!/bin/sh\necho tool\n', { mode: 0o755 });
  pool = createPoolWith({
    state: shop.state,
    environment: { PATH: '/of/the/machine', HOME: '/home/me', HOSTNAME: 'me', MODEL: 'large' },
    warn: () => undefined,
    workers: 2,
    workerEntry: join(import.meta.dirname, '../test/start-worker.ts'),
    launcher: new SocketLauncher(),
  });
});

afterAll(async () => {
  await pool.close();
  shop.remove();
});

const engine = (digest = IMAGE.digest): FakeEngine =>
  new FakeEngine(pool, bundle, { image: { ...IMAGE, digest } });

function namesOf({ waves }: Ended): readonly string[] {
  return waves.flat().map((seen: Observation) => {
    if (seen.kind === 'variable') return seen.name;
    return 'path' in seen ? `${seen.kind} ${seen.path}` : seen.kind;
  });
}

test('O6: the image’s own variables are there, unobserved, and no one else’s', async () => {
  const bench = engine();
  const ended = await bench.ended('variables');
  expect(bench.valueOf(ended)).toEqual(['its own', 'me', 'none', true, 'large']);
  // What is not the image's is the command's, readable by name and observed.
  expect(namesOf(ended)).toEqual(['HOSTNAME', 'MODEL']);
});

test('O6: host and user are not observed', async () => {
  expect(namesOf(await engine().ended('host'))).toEqual([]);
  expect(hostname()).not.toBe('');
});

test('O2: a file of the image is not observed, one of the workspace is', async () => {
  expect(namesOf(await engine().ended('images', '/etc/hostname'))).toEqual([]);
  expect(namesOf(await engine().ended('images', tool))).toEqual(['file bin/tool']);
});

test('O5: what is written into the image’s folders is an undeclared write', async () => {
  const path = join(shop.root, '..', `skein-left-${process.pid}`);
  const bench = engine();
  const ended = await bench.ended('writesImage', path);
  expect(ended.untraceable).toContain('writeFileSync');
  expect(bench.written).toEqual([path]);
  expect(namesOf(await bench.ended('readsImage', path))).toEqual([`stat ${path}`]);
  rmSync(path);
});

test('O8: a fetch without a network says what to write', async () => {
  await expect(engine().run('fetches')).rejects.toThrow(/write "network: true" in the options/);
});

test('O8: a mounted program is a file, and Node can be started as ever', async () => {
  const ended = await engine().ended('tools');
  expect(namesOf(ended)).toEqual(['stat bin/tool', 'file bin/tool']);
  const started = await engine().ended('node');
  expect([engine().valueOf(started), namesOf(started)]).toEqual(['42', []]);
});

test('Q6: a process serves one image, one network and one set of limits', async () => {
  const of = async (bench: FakeEngine, options = {}): Promise<unknown> =>
    bench.valueOf(await bench.attempt('pid', [], { options }));
  const first = await of(engine());
  expect(await of(engine())).toBe(first);
  const others = [
    await of(engine(`sha256:${'2'.repeat(64)}`)),
    await of(engine(), { network: true }),
    await of(engine(), { resources: { cpu: 2 } }),
    await of(engine(), { resources: { shmBytes: 1 << 20 } }),
    await of(new FakeEngine(pool, bundle)),
  ];
  expect(new Set([first, ...others]).size).toBe(6);
});

test('V6 D3: files and folders of any size go in and out through the coordinator', async () => {
  const bench = engine();
  const made = await bench.ended('large', 3 << 20);
  expect(made.untraceable).toBeUndefined();
  const seen = (await bench.run('uses', bench.valueOf(made))) as [string, number, string];
  const [file, bytes, folder] = seen;
  expect(bytes).toBe(3 << 20);
  for (const path of [file, folder]) expect(path.startsWith(join(shop.state, 'files'))).toBe(true);
  expect(digestOf('blob', readFileSync(file))).toBe(digestOf('blob', Buffer.alloc(3 << 20, 7)));
  expect(readFileSync(join(folder, 'b/run.sh'), 'utf8')).toBe('echo');
});

test('V6: a file that a module makes while it loads is there for its tasks', async () => {
  expect(await engine().run('readsAtLoad')).toBe('made while loading');
});

test('D4: whose outbox is exchanged for a link has nothing of the machine kept', async () => {
  const secret = join(shop.root, 'secret');
  mkdirSync(secret);
  writeFileSync(join(secret, 'file-1'), 'secret');
  expect(await engine().run('hostile', secret)).toBe('artifact-invalid');
  const hex = digestOf('blob', 'secret').split(/[:-]/).at(-2) ?? '';
  expect(existsSync(join(shop.state, 'files', hex.slice(0, 2), hex))).toBe(false);
  expect(readFileSync(join(secret, 'file-1'), 'utf8')).toBe('secret');
});
