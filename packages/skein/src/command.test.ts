import { fail, type Failure } from '@skein/model';
import { expect, test } from 'vitest';
import { fakeIo, type FakeIoRequest } from '../test/fake-io.ts';
import {
  fakeWorkspace,
  RUN,
  task,
  taskId,
  type FakeWorkspaceRequest,
} from '../test/fake-workspace.ts';
import { execute } from './command.ts';

/** Runs a command line against a workspace that does as the test says. */
async function skein(
  line: string,
  { workspace, io }: { workspace?: FakeWorkspaceRequest; io?: FakeIoRequest } = {},
) {
  const fake = fakeWorkspace(workspace);
  const world = fakeIo({ workspace: fake.workspace, ...io });
  const code = await execute(line === '' ? [] : line.split(' '), world.io);
  return { code, out: world.stdout(), err: world.stderr(), ...fake };
}

test('--version and help', async () => {
  expect(await skein('--version')).toMatchObject({ code: 0, out: '1.2.3\n', err: '' });
  expect(await skein('help show')).toMatchObject({ code: 0, err: '' });
  expect((await skein('--help')).out).toContain('skein run <file> [task]');
  expect((await skein('show --help')).out).toContain('--action <n>');
  const { code, out, err } = await skein('');
  expect([code, out, err.includes('usage')]).toEqual([2, '', true]);
});

test('an unknown command is exit 2, with what was meant', async () => {
  const { code, out, err } = await skein('rnu main.ts');
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatchInlineSnapshot(`
    "error[usage]: skein has no command "rnu"
      did you mean  skein run
      hint: "skein --help" lists the commands
    "
  `);
});

test('a run that succeeded: result and summary on standard output, exit 0', async () => {
  const { code, out, err, started, closed } = await skein(
    'run src/main.ts --executor inline --concurrency 4 --force --label a=b ' +
      '--force-task double --force-task src/main.ts#half --read-only --strict',
  );
  expect([code, err, closed()]).toEqual([0, '', true]);
  expect(out).toMatchInlineSnapshot(`
    "succeeded src/main.ts#main in 1.2 s
      result   42
      actions  3: 2 executed, 1 reused
      run      20261124-054405-1a2b3c
      next     skein show 20261124-054405-1a2b3c
    "
  `);
  expect(started).toMatchObject([
    {
      task: taskId('main'),
      args: [],
      executor: 'inline',
      concurrency: 4,
      force: true,
      forceTasks: ['double', 'src/main.ts#half'],
      readOnly: true,
      strict: true,
      labels: { a: 'b' },
      initiator: 'test',
    },
  ]);
});

test('a run that failed: everything on standard error, exit 1', async () => {
  const error = { class: 'RangeError', message: 'odd', fields: {}, task: 'src/main.ts#main' };
  const summary = { status: 'failed', result: null, error } as const;
  const { code, out, err } = await skein('run src/main.ts', { workspace: { summary } });
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatchInlineSnapshot(`
    "failed src/main.ts#main after 1.2 s

    RangeError: odd
      task  src/main.ts#main

      actions  3: 2 executed, 1 reused
      run      20261124-054405-1a2b3c
      next     skein show 20261124-054405-1a2b3c
               skein resume 20261124-054405-1a2b3c, after a fix
    "
  `);
});

test('--json: exactly one object on standard output', async () => {
  const { code, out } = await skein('run src/main.ts --json');
  expect(code).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "{
      "run": "20261124-054405-1a2b3c",
      "status": "succeeded",
      "task": "src/main.ts#main",
      "result": 42,
      "error": null,
      "actions": {
        "total": 3,
        "executed": 2,
        "reused": 1,
        "adopted": 0,
        "failed": 0
      },
      "durationMs": 1234
    }
    "
  `);
});

const diagnostic: Failure = {
  code: 'syntax-error',
  kind: 'diagnostic',
  headline: 'unexpected token',
  facts: [],
  place: { path: 'src/main.ts', line: 3, column: 7, length: 1, source: 'const 1' },
};

const rejections = [
  ['run src/main.ts', { tasks: () => Promise.resolve({ ok: false, failures: [diagnostic] }) }],
  ['run src/main.ts', { declared: [task('a'), task('b')] }],
  ['run src/main.ts nothing', {}],
  ['run src/main.ts', { start: () => Promise.resolve(fail(diagnostic)) }],
  ['run src/main.ts --executor cloud', {}],
  ['run', {}],
] as const satisfies readonly (readonly [string, FakeWorkspaceRequest])[];

test.each(rejections)('%s is rejected: exit 2, an object by --json', async (line, workspace) => {
  const plain = await skein(line, { workspace });
  expect([plain.code, plain.out]).toEqual([2, '']);
  expect(plain.err).toMatch(/^error\[[a-z-]+\]: /);
  const { code, out, err } = await skein(`${line} --json`, { workspace });
  expect([code, err]).toEqual([2, plain.err]);
  const json: unknown = JSON.parse(out);
  expect(json).toMatchObject({ run: null, status: 'rejected', result: null });
});

test('a diagnostic is told with path:line:column', async () => {
  const tasks = () => Promise.resolve({ ok: false, failures: [diagnostic] } as const);
  const { out, err } = await skein('run src/main.ts --json', { workspace: { tasks } });
  expect(err).toMatchInlineSnapshot(`
    "error[syntax-error]: unexpected token
      src/main.ts:3:7
        3 | const 1
          |       ^
    "
  `);
  expect(JSON.parse(out)).toMatchObject({
    error: { class: 'syntax-error', fields: { place: 'src/main.ts:3:7' } },
  });
});

test('a workspace that does not open is exit 2', async () => {
  const failure = { ...diagnostic, code: 'state-unwritable', kind: 'environment' } as const;
  const open = () => Promise.resolve(fail<never>(failure));
  for (const line of ['run a.ts', 'runs', 'show last', 'doctor']) {
    expect(await skein(line, { io: { open } })).toMatchObject({ code: 2, out: '' });
  }
});

test('a full disk is not wrong usage: exit 1', async () => {
  const full = { ...diagnostic, code: 'disk-full', kind: 'environment' } as const;
  const start = () => Promise.resolve(fail<never>(full));
  const { code, out } = await skein('run src/main.ts --json', { workspace: { start } });
  expect([code, JSON.parse(out)]).toMatchObject([1, { status: 'failed' }]);
});

test('what goes wrong in skein itself is told, exit 1, an object by --json', async () => {
  const start = () => Promise.reject(new TypeError('x is not a function'));
  const { code, out, err, closed } = await skein('run a.ts --json', { workspace: { start } });
  expect([code, closed()]).toEqual([1, true]);
  expect(err).toContain('this is a bug of skein');
  expect(JSON.parse(out)).toMatchObject({ status: 'failed', error: { class: 'TypeError' } });
});

test('a reader that went away changes no exit code', async () => {
  expect(await skein('run src/main.ts', { io: { broken: 'EPIPE' } })).toMatchObject({ code: 0 });
  const broken = skein('run src/main.ts', { io: { broken: 'EIO' } });
  await expect(broken).resolves.toMatchObject({ code: 1 });
});

test('an answer that cannot be written is told, once, and the workspace is closed', async () => {
  const { code, err, closed } = await skein('run src/main.ts', { io: { broken: 'ENOSPC' } });
  expect([code, err, closed()]).toEqual([1, 'the answer cannot be written: write ENOSPC\n', true]);
});

test('what actions print and warnings are told while the run goes on', async () => {
  const warning = { ...diagnostic, code: 'image-not-applied', kind: 'warning' } as const;
  const events = [
    { kind: 'action-logged', at: 0, action: 1, stream: 'stdout', text: 'hello\n' },
    { kind: 'run-warned', at: 0, warning },
  ] as const;
  const { err } = await skein('run src/main.ts', { workspace: { events } });
  expect(err).toMatchInlineSnapshot(`
    "action 1 | hello
    warning[image-not-applied]: unexpected token
      src/main.ts:3:7
        3 | const 1
          |       ^
    "
  `);
});

test('interrupted once: the run is cancelled and its end is awaited, exit 130', async () => {
  const fake = fakeWorkspace({ waits: true });
  const world = fakeIo({ workspace: fake.workspace });
  const code = execute(['run', 'src/main.ts', '--json'], world.io);
  await untilStarted(fake.started);
  world.interrupt();
  expect(await code).toBe(130);
  expect(world.stderr()).toContain('cancelling: ');
  expect(JSON.parse(world.stdout())).toMatchObject({ run: RUN, status: 'cancelled' });
  expect(fake.closed()).toBe(true);
});

test('interrupted twice: the command leaves now, exit 130', async () => {
  const endless = new Promise<never>(() => undefined);
  const handle = { run: RUN, done: endless, thrown: endless, cancel: () => undefined };
  const started: unknown[] = [];
  const fake = fakeWorkspace({
    start: (request) => {
      started.push(request);
      return Promise.resolve({ ok: true, value: handle });
    },
  });
  const world = fakeIo({ workspace: fake.workspace });
  const code = execute(['run', 'src/main.ts', '--json'], world.io);
  await untilStarted(started);
  world.interrupt();
  world.interrupt();
  expect(await code).toBe(130);
  expect(world.stderr()).toContain(
    `interrupted: what it finished is kept, \`skein resume ${RUN}\` goes on`,
  );
  expect(JSON.parse(world.stdout())).toMatchObject({ run: RUN, status: 'interrupted' });
});

test('interrupted before anything runs: exit 130, nothing is started', async () => {
  const asked: true[] = [];
  const tasks = (): Promise<never> => {
    asked.push(true);
    return new Promise(() => undefined);
  };
  const fake = fakeWorkspace({ tasks });
  const world = fakeIo({ workspace: fake.workspace });
  const code = execute(['run', 'src/main.ts', '--json'], world.io);
  await untilStarted(asked);
  world.interrupt();
  expect(await code).toBe(130);
  expect(JSON.parse(world.stdout())).toMatchObject({ run: null, status: 'interrupted' });
  expect(fake.started).toEqual([]);
});

test('runs, show and doctor answer in text and JSON', async () => {
  expect(await skein('runs')).toMatchObject({
    code: 0,
    out: 'no run is recorded here that fits\n',
  });
  expect(JSON.parse((await skein('runs --json')).out)).toEqual({ runs: [] });
  expect(await skein('runs --limit 0')).toMatchObject({ code: 2, out: '' });
  expect(await skein('show x')).toMatchObject({ code: 2, out: '' });
  const missing = await skein('show x --json');
  expect(JSON.parse(missing.out)).toMatchObject({ error: { class: 'run-not-found' } });
});

test('a problem that doctor finds is exit 1', async () => {
  const checks = [
    { name: 'node', status: 'ok', detail: '26.10.0' },
    { name: 'state', status: 'problem', detail: 'not writable', hint: 'chmod it' },
  ] as const;
  const doctor = () => Promise.resolve(checks);
  const { code, out } = await skein('doctor', { workspace: { doctor } });
  expect(code).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "  node   26.10.0
      state  problem: not writable
             hint: chmod it

    1 of 2 checks need a look
    "
  `);
});

/** Lets what is ready run, until the command has come to its run. */
async function untilStarted(started: readonly unknown[]): Promise<void> {
  while (started.length === 0) await new Promise((resolve) => setImmediate(resolve));
}

test('a word that no name goes on with is exit 2, with those that do', async () => {
  const { code, out, err } = await skein('cache lst');
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatchInlineSnapshot(`
    "error[usage]: skein cache has no command "lst"
      known         ls, inspect, stats, verify, revoke, gc, push, pull
      did you mean  skein cache ls
      hint: see "skein help cache"
    "
  `);
  expect(await skein('cache-server tokens')).toMatchObject({ code: 2 });
  expect((await skein('help cache-server token create')).out).toContain('--scope <scope>');
  expect(await skein('cache')).toMatchObject({ code: 2, out: '' });
  expect(await skein('cache --help')).toMatchObject({ code: 0, err: '' });
  expect(await skein('cache --jso')).toMatchObject({ code: 2 });
});

test('flags say which remote a run uses, and how', async () => {
  const line = 'run src/main.ts --remote https://cache.example --remote-mode read';
  const { started } = await skein(line);
  expect(started).toMatchObject([{ remote: 'https://cache.example', remoteMode: 'read' }]);
  expect((await skein('run src/main.ts --remote-mode all')).code).toBe(2);
});

test('what a run had of its remote is a line of its summary, and an object of --json', async () => {
  const remote = {
    url: 'https://cache.example',
    mode: 'read-write',
    asked: 2_000,
    found: 1_204,
    requests: 3,
    pushed: 790,
    same: 1,
    conflicts: 1,
    refused: 0,
    dropped: 0,
    left: 4,
    bytesDown: 12_300_000,
    bytesUp: 4_100_000,
    waitedMs: 12.4,
    unbelieved: { revoked: 2 },
    unshared: { outside: 3, learned: 9 },
  } as const;
  const { out } = await skein('run src/main.ts', { workspace: { summary: { remote } } });
  expect(out).toContain(
    '  remote   1,204 of 2,000 found, 790 shared, 2 there already, 4 not shared, ' +
      '3 stay here, 2 not believed, 12.3 MB down, 4.1 MB up\n',
  );
  const json = await skein('run src/main.ts --json', { workspace: { summary: { remote } } });
  expect(JSON.parse(json.out)).toMatchObject({ remote: { ...remote, waitedMs: 12, off: null } });
});
