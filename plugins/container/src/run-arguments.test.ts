/* oxlint-disable unicorn/no-useless-spread -- a flag stands in one line with its value */
import { expect, test } from 'vitest';
import type { EngineKind } from './engine-info.ts';
import { runArguments } from './run-arguments.ts';
import type { ContainerPlan, RunEngine } from './run-arguments.ts';

const MEBIBYTE = 1 << 20;

const plan: ContainerPlan = {
  name: 'skein-pool-a1b2c3-1',
  labels: { 'dev.skein.pool': '/w/.skein/scratch/pool-a1b2c3' },
  image: 'registry.test/acme@sha256:ab',
  user: { uid: 1000, gid: 100 },
  cwd: '/w',
  hidden: ['/w/.skein'],
  mounts: [
    { source: '/w' },
    { source: '/w/.skein/scratch/pool-a1b2c3/worker-1', writable: true },
    { source: '/usr/bin/node', target: '/skein/node' },
  ],
  variables: { TZ: 'UTC', TOKEN: 'hunter2' },
  network: false,
  resources: {},
  devices: [],
  runArgs: [],
  command: ['/skein/lib/ld.so', '--library-path', '/skein/lib', '/skein/node', '/w/worker.js'],
};

function engine(kind: EngineKind, changes: Partial<RunEngine> = {}): RunEngine {
  const limits = { memory: true, cpu: true, pids: true, gpu: true };
  return { kind, rootless: false, limits, environment: { TOKEN: 'hunter2' }, ...changes };
}

const START = ['run', '--name', 'skein-pool-a1b2c3-1'];
const LABEL = ['--label', 'dev.skein.pool=/w/.skein/scratch/pool-a1b2c3'];
const ALWAYS = ['--pull=never', '--log-driver=none', '--no-healthcheck', '--hostname=skein'];
const SECURITY = [
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
  '--security-opt=label=disable',
];
const PIDS = '--pids-limit=32768';
const VOLUMES = [
  '--volume',
  '/w:/w:ro',
  '--volume',
  '/w/.skein/scratch/pool-a1b2c3/worker-1:/w/.skein/scratch/pool-a1b2c3/worker-1',
  '--volume',
  '/usr/bin/node:/skein/node:ro',
];
const END = [
  '--env',
  'TZ=UTC',
  '--env',
  'TOKEN',
  '--workdir',
  '/w',
  '--entrypoint',
  '/skein/lib/ld.so',
  'registry.test/acme@sha256:ab',
  '--library-path',
  '/skein/lib',
  '/skein/node',
  '/w/worker.js',
];

test('what podman is told', () => {
  expect(runArguments(engine('podman'), plan)).toEqual([
    '--log-level=error',
    ...[...START, ...LABEL, ...ALWAYS, '--network=none', '--read-only'],
    ...['--read-only-tmpfs=false', '--image-volume=ignore', '--http-proxy=false'],
    ...['--systemd=false', ...SECURITY, '--user', '1000:100', PIDS],
    ...['--tmpfs', '/tmp:rw,exec,nosuid,nodev,mode=1777,notmpcopyup'],
    ...['--tmpfs', '/w/.skein:ro,nosuid,nodev,mode=0755,notmpcopyup'],
    ...[...VOLUMES, ...END],
  ]);
});

test('what Docker is told: it has no flag that only podman knows', () => {
  expect(runArguments(engine('docker'), plan)).toEqual([
    ...START,
    ...LABEL,
    ...ALWAYS,
    '--network=none',
    '--read-only',
    ...SECURITY,
    '--user',
    '1000:100',
    PIDS,
    '--tmpfs',
    '/tmp:rw,exec,nosuid,nodev,mode=1777',
    '--tmpfs',
    '/w/.skein:ro,nosuid,nodev,mode=0755',
    ...VOLUMES,
    ...END,
  ]);
});

test('without root the caller is himself: as podman maps him, and as root of Docker', () => {
  const rootless = { rootless: true };
  const podman = runArguments(engine('podman', rootless), plan);
  expect(podman.join(' ')).toContain('--userns=keep-id --user 1000:100');
  const docker = runArguments(engine('docker', rootless), plan);
  expect(docker.join(' ')).toContain('--user 0:0');
  expect(docker.join(' ')).not.toContain('userns');
});

test('X2 X3: limits are handed on, but for those that the engine cannot hold', () => {
  const resources = { memoryBytes: 400 * MEBIBYTE, cpu: 1.5, shmBytes: 64 * MEBIBYTE };
  const backstop = 756 * MEBIBYTE;
  const given = [
    `--memory=${backstop}b`,
    `--memory-swap=${backstop}b`,
    '--cpus=1.5',
    PIDS,
    `--shm-size=${64 * MEBIBYTE}b`,
  ];
  for (const kind of ['podman', 'docker'] as const) {
    const held = runArguments(engine(kind), { ...plan, resources });
    expect(held).toEqual(expect.arrayContaining(given));
    const limits = { memory: false, cpu: false, pids: false, gpu: false };
    const free = runArguments(engine(kind, { limits }), { ...plan, resources });
    expect(free.filter((it) => /^--(?:mem|cpus|pids)/.test(it))).toEqual([]);
  }
});

test('X2: gpus, as each engine names them', () => {
  const devices = ['0', '3'];
  const podman = runArguments(engine('podman'), { ...plan, devices }).join(' ');
  expect(podman).toContain('--device nvidia.com/gpu=0 --device nvidia.com/gpu=3');
  const docker = runArguments(engine('docker'), { ...plan, devices });
  expect(docker.slice(docker.indexOf('--gpus'))[1]).toBe('"device=0,3"');
});

test('a network is the engine’s own unless it is configured', () => {
  const flags = (changes: Partial<ContainerPlan>): readonly string[] =>
    runArguments(engine('podman'), { ...plan, ...changes }).filter((it) =>
      it.startsWith('--network'),
    );
  expect(flags({ network: true })).toEqual([]);
  expect(flags({ network: true, networkMode: 'host' })).toEqual(['--network=host']);
  expect(flags({ network: false, networkMode: 'host' })).toEqual(['--network=none']);
});

test('O7: the value of a secret is on no command line', () => {
  for (const kind of ['podman', 'docker'] as const) {
    expect(runArguments(engine(kind), plan).join(' ')).not.toContain('hunter2');
  }
});

test('a path with a colon is mounted too, and flags of the configuration come last', () => {
  const mounts = [{ source: '/w:1' }, { source: '/s:1', writable: true }];
  const args = runArguments(engine('podman'), { ...plan, mounts, runArgs: ['--cap-add=x'] });
  const text = args.join(' ');
  expect(text).toContain('--mount type=bind,src=/w:1,dst=/w:1,ro');
  expect(text).toContain('--mount type=bind,src=/s:1,dst=/s:1 ');
  const worse = runArguments(engine('podman'), {
    ...plan,
    hidden: ['/a:b,c'],
    mounts: [{ source: '/a:b,"c"' }],
  }).join(' ');
  expect(worse).toContain('--mount type=bind,"src=/a:b,""c""","dst=/a:b,""c""",ro ');
  expect(worse).toContain('--mount type=tmpfs,"dst=/a:b,c",ro,tmpfs-mode=0755,notmpcopyup ');
  expect(text).toContain('--workdir /w --cap-add=x --entrypoint');
});
