import { spawnSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { answerOf, runTask, showRun, type Answer } from './support/answer.ts';
import { checkCode, start, type CommandRequest } from './support/command.ts';
import { entry, few } from './support/pipeline.ts';
import { copySandbox, repository, type Sandbox } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

/** `nobody` of every Linux; any user that is not the one who tests would do. */
const NOBODY = 65_534;

describe('a state directory serves', () => {
  const sandbox = useSandbox({ folders: ['fixtures/pipeline'] });
  let copy: Sandbox;
  let state: string;
  let first: Answer;

  beforeAll(async () => {
    state = join(sandbox.folder, 'state');
    first = await runTask(sandbox, [entry, ...few], { variables: { SKEIN_STATE: state } });
  });
  beforeAll(async () => {
    copy = await copySandbox(sandbox);
    return async () => await copy.close();
  });

  /** Nothing is executed, and the result is the one that is known. */
  async function checkKnown(place: Sandbox, request: CommandRequest = {}): Promise<void> {
    const variables = { SKEIN_STATE: state, ...request.variables };
    const { actions, result } = await runTask(place, [entry, ...few], { ...request, variables });
    expect(actions).toMatchObject({ executed: 0, adopted: 0, failed: 0 });
    expect(result).toEqual(first.result);
  }

  test('the same workspace in another directory', async () => {
    await checkKnown(copy);
  });

  test('PARITY 26: a workspace that is copied together with its state', async () => {
    const before = await copySandbox(sandbox);
    const { result } = await runTask(before, [entry, ...few]);
    const after = await copySandbox(before);
    await before.close();
    const again = await runTask(after, [entry, ...few]);
    expect(again.actions.executed).toBe(0);
    expect(again.result).toEqual({ ...(result as object), published: expect.anything() });
    await after.close();
  });

  test('a command that is started in another folder', async () => {
    const variables = { SKEIN_STATE: state };
    const cwd = join(sandbox.root, 'fixtures', 'pipeline', 'src');
    const { actions } = await runTask(sandbox, ['main.ts', ...few], { cwd, variables });
    expect(actions.executed).toBe(0);
  });

  test('another user', async (context) => {
    needsOtherUser(context);
    await share(state, sandbox, copy);
    await checkKnown(copy, { user: NOBODY, variables: { HOME: '/nonexistent', USER: 'nobody' } });
  });

  const YEARS = 3 * 365 * 24 * 60 * 60 * 1000;

  test.each([
    ['three years later', YEARS],
    ['three years earlier', -YEARS],
  ])('another clock: %s', async (_, shift) => {
    await checkKnown(copy, { node: shiftedClock(shift) });
  });

  test('another clock: that of faketime, below everything', async (context) => {
    if (spawnSync('faketime', ['--version']).error !== undefined) {
      context.skip(
        'this machine has no faketime; the tests beside this one shift the clock of Node',
      );
    }
    const launcher = join(repository, 'packages', 'skein', 'bin', 'skein.cjs');
    const command = ['faketime', '-f', '+1000d', process.execPath, launcher];
    const args = ['run', entry, ...few, '--json'];
    const variables = { SKEIN_STATE: state };
    const ended = await start(copy, [...command, ...args], { variables }).ended;
    checkCode(ended, 0);
    expect(answerOf(ended)).toMatchObject({ actions: { executed: 0 }, result: first.result });
  });

  test.each(shells())('another shell: %s', async (_, variables) => {
    await checkKnown(copy, { variables });
  });

  test('nobody else: what is executed elsewhere has the same keys (P2)', async () => {
    const variables = Object.assign({}, ...shells().map(([, values]) => values), {
      SKEIN_STATE: join(copy.folder, 'empty'),
    }) as Record<string, string>;
    const { actions } = await runTask(copy, [entry, ...few], { variables });
    expect(actions).toEqual(first.actions);
    const here = await showRun(sandbox, first.run ?? '', { variables: { SKEIN_STATE: state } });
    const there = await showRun(copy, 'last', { variables });
    const keysOf = ({ calls }: typeof here): readonly string[] =>
      calls.map(({ task, key, outcome }) => `${task} ${key} ${outcome?.digest}`).toSorted();
    expect(keysOf(there)).toEqual(keysOf(here));
  });
});

/** Variables that differ from one shell, terminal, CI or caller to another. */
function shells(): [what: string, variables: Record<string, string>][] {
  return [
    ['of a CI', { CI: 'true', GITHUB_ACTIONS: 'true', TERM: 'dumb', NO_COLOR: '1' }],
    ['with colours', { FORCE_COLOR: '3', TERM: 'xterm-256color', COLORTERM: 'truecolor' }],
    ['below Nx', { NX_DAEMON: 'false', NX_TASK_HASH: '17', NX_WORKSPACE_ROOT: '/nowhere' }],
    ['below npm', { npm_lifecycle_event: 'test', npm_config_user_agent: 'npm/11' }],
    ['of another country', { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }],
    ['of another person', { USER: 'ada', LOGNAME: 'ada', SHELL: '/bin/zsh', EDITOR: 'vi' }],
    ['somewhere else', { PWD: '/nowhere', OLDPWD: '/', SHLVL: '7', _: '/bin/env' }],
    [
      'with settings of Node',
      { NODE_OPTIONS: '--max-old-space-size=3000', NODE_ENV: 'production' },
    ],
  ];
}

/** What Node takes for the time is shifted; the stamps that the system gives to files are not. */
function shiftedClock(milliseconds: number): readonly string[] {
  const code = `
    const Real = Date;
    globalThis.Date = class Date extends Real {
      constructor(...args) {
        if (args.length === 0) super(Real.now() + ${milliseconds});
        else super(...args);
      }
      static now() {
        return Real.now() + ${milliseconds};
      }
    };`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

function needsOtherUser(context: TestContext): void {
  if (process.getuid?.() !== 0) context.skip('only root can start a command as another user');
  const launcher = join(repository, 'packages', 'skein', 'bin', 'skein.cjs');
  const tried = spawnSync(process.execPath, [launcher, '--version'], { uid: NOBODY, gid: NOBODY });
  if (tried.status !== 0) context.skip('other users cannot read the folder of this checkout');
}

/** Lets everybody read the workspaces, and write the state as a group's directory would. */
async function share(state: string, ...sandboxes: readonly Sandbox[]): Promise<void> {
  for (const { folder } of sandboxes) await chmod(folder, 0o755);
  spawnSync('chmod', ['-R', 'a+rwX', state]);
  for (const { folder } of sandboxes.slice(1)) await chmod(folder, 0o777);
}
