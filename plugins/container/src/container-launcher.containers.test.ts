import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProcessLauncher } from '@skein/executors';
import type { Launched } from '@skein/executors';
import type { ResolvedImage } from '@skein/model';
import { openContainers } from '../../../scripts/containers.ts';
import type { TestContainers } from '../../../scripts/containers.ts';
import { openBench, tell } from '../test/bench.ts';
import type { Bench } from '../test/bench.ts';
import { mustFind } from '../test/engine.ts';
import { POOL_LABEL } from './container-labels.ts';
import { ContainerLauncher } from './container-launcher.ts';
import type { ContainerLauncherSettings } from './container-launcher.ts';
import { engineMarkedIn } from './containers-mark.ts';
import type { Engine } from './engine.ts';

const MEBIBYTE = 1 << 20;
const EATS = 'const kept = []; for (;;) kept.push(Buffer.alloc(16 << 20, 1));';
const KILLED = { code: null, signal: 'SIGKILL', left: [] };

let containers: TestContainers;
let bench: Bench;
let engine: Engine;
let image: ResolvedImage;
let launcher: ContainerLauncher;
const opened: ContainerLauncher[] = [];
const calls: string[] = [];

const resolved = (reference: string): ResolvedImage => ({
  name: 'ours',
  reference,
  digest: `sha256:${'0'.repeat(64)}`,
});

function open(settings: Partial<ContainerLauncherSettings> = {}) {
  const machine = new ProcessLauncher();
  const made = new ContainerLauncher({ engine, machine, pulling: () => undefined, ...settings });
  opened.push(made);
  return made;
}

beforeAll(async () => {
  containers = await openContainers('launcher');
  const found = await mustFind({ ...process.env, ...containers.environment });
  engine = {
    ...found,
    run: (args, call) => {
      calls.push(args[0] ?? '');
      return found.run(args, call);
    },
  };
  bench = openBench();
  image = resolved(await containers.baseImage());
  launcher = open();
});

afterAll(async () => {
  for (const it of opened) await it.close();
  bench.remove();
  await containers.close();
});

async function left(): Promise<readonly string[]> {
  return await containers.containersLeft(`${POOL_LABEL}=${bench.pool}`);
}

/** How it ended, and which containers were left. */
async function end(launched: Launched): Promise<unknown> {
  launched.stdout?.resume();
  launched.stderr?.resume();
  const ended = await launched.ended;
  return { ...ended, left: await left() };
}

test('it sees the workspace and of the state what it was given, and writes scratch', async () => {
  const order = bench.order(image);
  const launched = launcher.launch(order);
  const run = await tell(launched);
  const list = (path: string): Promise<unknown> =>
    run(`return (await import('node:fs')).readdirSync(${JSON.stringify(path)}).sort()`);
  const write = (path: string): Promise<unknown> =>
    run(`(await import('node:fs')).writeFileSync(${JSON.stringify(path)}, 'x')`);
  expect(await list(bench.root)).toEqual({ value: ['.skein', 'src'] });
  expect(await list(bench.state)).toEqual({ value: ['blobs', 'bundles', 'files', 'scratch'] });
  expect(await list(join(bench.state, 'scratch', '..', 'bundles'))).toEqual({ value: ['one'] });
  expect(await list('/skein')).toEqual({ value: ['bin', 'lib', 'node', 'run'] });
  const refused = [
    join(bench.root, 'a'),
    join(bench.state, 'a'),
    join(bench.state, 'blobs', 'a'),
    '/a',
    '/skein/a',
    '/skein/run/a',
    '/etc/a',
  ];
  for (const path of refused) expect(await write(path)).toMatchObject({ code: 'EROFS' });
  expect(await write(join(order.scratch, 'a'))).toEqual({});
  expect(await write('/tmp/a')).toEqual({});
  expect(readdirSync(order.scratch)).toEqual(['a']);
  expect(await list('/skein/run')).toEqual({ value: [] });
  launched.kill();
  expect(await end(launched)).toEqual(KILLED);
});

test('O6: it is not root, and its environment is the image’s and what is made', async () => {
  const order = bench.order(image);
  const launched = launcher.launch(order);
  const run = await tell(launched);
  const root = process.getuid?.() === 0;
  expect(await run('return [process.getuid(), process.getgid()]')).toEqual({
    value: root ? [65_534, 65_534] : [process.getuid?.(), process.getgid?.()],
  });
  const status = "(await import('node:fs')).readFileSync('/proc/self/status', 'utf8')";
  expect(await run(`return /CapEff:\\s+(\\w+)/.exec(${status})[1]`)).toEqual({
    value: '0'.repeat(16),
  });
  const dropped = JSON.stringify(launched.container?.drop ?? []);
  const names = `Object.keys(process.env).filter((it) => !${dropped}.includes(it)).sort()`;
  expect(await run(`return ${names}`)).toEqual({
    value: ['HOME', 'LC_ALL', 'PATH', 'SKEIN_CHANNEL', 'TMPDIR', 'TZ'],
  });
  expect(await run('return [process.cwd(), process.env.PATH]')).toEqual({
    value: [bench.root, '/usr/local/bin:/usr/bin:/bin'],
  });
  launched.kill();
  await end(launched);
});

test('it has no network unless it is to have one', async () => {
  const interfaces = "return Object.keys((await import('node:os')).networkInterfaces())";
  const without = launcher.launch(bench.order(image));
  const run = await tell(without);
  expect(await run(interfaces)).toEqual({ value: ['lo'] });
  const wired = open({ networkMode: 'host' }).launch(
    bench.order(image, { network: true, pool: `${bench.pool}-wired` }),
  );
  const runWired = await tell(wired);
  const { networkInterfaces } = await import('node:os');
  expect(await runWired(interfaces)).toEqual({ value: Object.keys(networkInterfaces()) });
  for (const it of [without, wired]) it.kill();
  await Promise.all([end(without), end(wired)]);
});

test('whoever starts Node from a task gets the same one, in an image that has none', async () => {
  const launched = launcher.launch(bench.order(image));
  const run = await tell(launched);
  const program = JSON.stringify(launched.container?.nodeProgram);
  const start = `execFileSync(${program}, ['-p', '[process.version]'])`;
  const module = "(await import('node:child_process'))";
  expect(await run(`return String(${module}.${start})`)).toEqual({
    value: `[ '${process.version}' ]\n`,
  });
  launched.kill();
  await end(launched);
});

test('what stands in a path is no matter', async () => {
  const odd = openBench('a:b,c "d" e=f\\ ');
  const launched = open().launch(odd.order(image));
  const run = await tell(launched);
  const list = (path: string): Promise<unknown> =>
    run(`return (await import('node:fs')).readdirSync(${JSON.stringify(path)}).sort()`);
  expect(await list(odd.root)).toEqual({ value: ['.skein', 'src'] });
  expect(await list(odd.state)).toEqual({ value: ['blobs', 'bundles', 'files', 'scratch'] });
  launched.kill();
  expect(await launched.ended).toMatchObject({ signal: 'SIGKILL' });
  odd.remove();
});

test('an image with nothing in it will do', async () => {
  const tag = `localhost/skein-h2-empty:${process.pid}`;
  const archive = join(containers.folder, 'empty.tar');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(archive, Buffer.alloc(10_240));
  expect(await containers.podman('import', '--quiet', archive, tag)).toMatchObject({ code: 0 });
  const launched = launcher.launch(bench.order(resolved(tag)));
  const run = await tell(launched);
  expect(await run('return 6 * 7')).toEqual({ value: 42 });
  launched.kill();
  await end(launched);
  await containers.podman('rmi', '--force', tag);
});

test('X3: one that takes more memory than the system lets it says so', async () => {
  const limits = { memoryBytes: 64 * MEBIBYTE };
  const launched = launcher.launch(bench.order(image, { limits, resources: limits }));
  const run = await tell(launched);
  const gone = run(EATS);
  expect(await end(launched)).toEqual({ ...KILLED, outOfMemory: true });
  expect(await gone).toBe('gone');
});

test('X3: so does one whose subprocess does', async () => {
  const limits = { memoryBytes: 64 * MEBIBYTE };
  const launched = launcher.launch(bench.order(image, { limits, resources: limits }));
  const run = await tell(launched);
  const program = JSON.stringify(launched.container?.nodeProgram);
  const args = `['-e', ${JSON.stringify(EATS)}]`;
  void run(`(await import('node:child_process')).spawnSync(${program}, ${args})`);
  expect(await end(launched)).toEqual({ ...KILLED, outOfMemory: true });
});

test('X4: a busy loop is ended, and it is known which process it is', async () => {
  const launched = launcher.launch(bench.order(image));
  const run = await tell(launched);
  expect(existsSync(`/proc/${launched.pid}`)).toBe(true);
  void run('for (;;);');
  launched.kill();
  expect(await end(launched)).toEqual(KILLED);
  expect(existsSync(`/proc/${launched.pid}`)).toBe(false);
});

test('K2: killed before it is there, it never begins', async () => {
  const launched = launcher.launch(bench.order(image));
  launched.kill();
  expect(await end(launched)).toEqual({ code: null, signal: null, left: [] });
  await expect(launched.channel).rejects.toThrow('before it was there');
});

test('K2: nor when the engine is just making it', async () => {
  const launched = launcher.launch(bench.order(image));
  for (let made = await left(); made.length === 0; made = await left()) expect(made).toEqual([]);
  launched.kill();
  launched.kill();
  expect(await end(launched)).not.toHaveProperty('error');
});

test('R6: one that is removed from outside ends like any that was killed', async () => {
  const launched = launcher.launch(bench.order(image));
  await launched.channel;
  await containers.podman('rm', '--force', '--time', '0', ...(await left()));
  expect(await end(launched)).toEqual(KILLED);
});

test('what it prints is read to its end', async () => {
  const launched = launcher.launch(bench.order(image));
  let text = '';
  launched.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const run = await tell(launched);
  await run("process.stdout.write('x'.repeat(100_000), () => process.exit(7))");
  expect(await end(launched)).toEqual({ code: 7, signal: null, left: [] });
  expect(text).toBe('x'.repeat(100_000));
});

test('an image is pulled by its digest where the engine has it not, and once', async () => {
  const registry = await containers.startRegistry();
  const local = await containers.variant(image.reference, 7);
  const digest = await containers.push(local, `${registry.host}/acme/base:1`);
  const reference = `${registry.host}/acme/base@${digest}`;
  await containers.podman('rmi', '--force', local);
  const pulling = open({ insecureRegistries: [registry.host] });
  calls.length = 0;
  const both = [1, 2].map(() =>
    pulling.launch(bench.order(resolved(reference), { pool: `${bench.pool}-pulling` })),
  );
  await Promise.all(both.map((it) => it.channel));
  expect(calls.filter((it) => it === 'pull')).toEqual(['pull']);
  for (const it of both) it.kill();
  await Promise.all(both.map(end));
  await containers.podman('rmi', '--force', reference);
});

test('one that cannot be pulled is told with the words of the engine', async () => {
  const reference = `127.0.0.1:1/none@sha256:${'1'.repeat(64)}`;
  const ended = await end(launcher.launch(bench.order(resolved(reference))));
  const { error } = ended as { readonly error: string };
  expect(error).toContain('the image "ours" cannot be pulled\n');
  expect(error).toContain(`image: ${reference}\n`);
  expect(error).toContain('connection refused');
});

test('what the engine refuses is told in its words, once: it is no output', async () => {
  const odd = open({ runArgs: ['--no-such-flag'] });
  const launched = odd.launch(bench.order(image, { pool: `${bench.pool}-odd` }));
  let text = '';
  launched.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  expect(await launched.ended).toMatchObject({ error: expect.stringContaining('no-such-flag') });
  expect(text).toBe('');
});

test('an engine that starts none for too long is given up', async () => {
  const spawnHung: Engine['spawn'] = () => spawn('sleep', ['1000']);
  const hung = open({ engine: { ...engine, spawn: spawnHung }, startMs: 100 });
  const launched = hung.launch(bench.order(image, { pool: `${bench.pool}-hung` }));
  const error = 'the engine has started no worker in 0.1 s';
  expect(await end(launched)).toEqual({ code: null, signal: 'SIGTERM', error, left: [] });
});

test('P3: where the engine does not remove one the mark stays', async () => {
  const run: Engine['run'] = async (args, call) =>
    args.includes('rm') ? { code: null, stdout: '', stderr: '' } : await engine.run(args, call);
  const own = open({ engine: { ...engine, run } });
  const pool = `${bench.pool}-stuck`;
  const launched = own.launch(bench.order(image, { pool }));
  await launched.channel;
  await own.close();
  expect(engineMarkedIn(pool)).toBe(engine.path);
  const ids = await containers.containersLeft(`${POOL_LABEL}=${pool}`);
  expect(ids).toHaveLength(1);
  await containers.podman('rm', '--force', '--time', '0', ...ids);
});

test('a workspace that the container’s user cannot read is refused', async () => {
  if (process.getuid?.() !== 0) return;
  chmodSync(bench.root, 0o700);
  const ended = await end(launcher.launch(bench.order(image)));
  chmodSync(bench.root, 0o755);
  expect(ended).toMatchObject({ error: expect.stringContaining(`chmod o+rx "${bench.root}"`) });
});

test('nor is anything started whose files it could not read', async () => {
  if (process.getuid?.() !== 0) return;
  const before = process.umask(0o077);
  const ended = await end(launcher.launch(bench.order(image)));
  process.umask(before);
  expect(ended).toMatchObject({ error: expect.stringContaining('umask: 077\n') });
});

test('a bundle that was made for its owner alone can be read', async () => {
  const order = bench.order(image);
  chmodSync(dirname(order.bundle.path), 0o700);
  const launched = launcher.launch(order);
  const run = await tell(launched);
  const path = JSON.stringify(order.bundle.path);
  expect(await run(`return (await import('node:fs')).readFileSync(${path}, 'utf8')`)).toEqual({
    value: '',
  });
  launched.kill();
  await end(launched);
});

test('P3: a pool that started containers is marked until it is closed', async () => {
  const own = open();
  const pool = `${bench.pool}-own`;
  const launched = own.launch(bench.order(image, { pool }));
  await launched.channel;
  expect(engineMarkedIn(pool)).toBe(engine.path);
  await own.close();
  expect(await end(launched)).toEqual(KILLED);
  expect(engineMarkedIn(pool)).toBe(undefined);
});
