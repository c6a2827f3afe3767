import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, listRuns, type Answer } from './support/answer.ts';
import { checkCode, skein, type CommandRequest } from './support/command.ts';
import { openSandbox, type Sandbox } from './support/sandbox.ts';

const order = 'fixtures/three-tasks/src/main.ts';
const broken = (name: string): string => `fixtures/broken/${name}/main.ts`;

let sandbox: Sandbox;
let count = 0;

beforeAll(async () => {
  sandbox = await openSandbox({
    folders: ['fixtures/broken', 'fixtures/three-tasks', 'e2e/pipelines'],
  });
});
afterAll(async () => await sandbox.close());

interface Told {
  readonly stderr: string;
  readonly answer: Answer;
}

/** Runs with `--json` and without, on a state of its own: both have to say the same. */
async function refused(
  args: readonly string[],
  code: number,
  request: CommandRequest = {},
): Promise<Told> {
  count += 1;
  const variables = { SKEIN_STATE: join(sandbox.folder, `state-${count}`), ...request.variables };
  const plain = await skein(sandbox, ['run', ...args], { ...request, variables });
  checkCode(plain, code);
  expect(plain.stdout).toBe('');
  const json = await skein(sandbox, ['run', ...args, '--json'], { ...request, variables });
  expect(json.code).toBe(code);
  const answer = answerOf(json);
  if (code === 2) {
    expect(answer).toMatchObject({ run: null, status: 'rejected', result: null });
    expect(answer.actions).toEqual({ total: 0, executed: 0, reused: 0, adopted: 0, failed: 0 });
    expect(json.stderr).toBe(plain.stderr);
    if (request.user === undefined) expect(await listRuns(sandbox, { variables })).toEqual([]);
  }
  return { stderr: anonymous(plain.stderr), answer };
}

/** Without what is another at each run: folders, times, ids. */
function anonymous(text: string): string {
  return text
    .replaceAll(sandbox.root, '<root>')
    .replaceAll(sandbox.folder, '<folder>')
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{6}/g, '<run>')
    .replaceAll(/(?<=after )[\d.]+ m?s/g, '<time>');
}

describe('exit 2, and nothing is recorded, for', () => {
  test('a missing file', async () => {
    const { stderr, answer } = await refused(['src/nothing.ts'], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'entry-not-found' });
  });

  test('a task that the file does not have', async () => {
    const { stderr, answer } = await refused([order, 'totla'], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'task-not-found' });
  });

  test('a flag that the task does not have', async () => {
    const { stderr, answer } = await refused([order, '--custmer', 'Ada'], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'flag-unknown' });
  });

  test('a missing input', async () => {
    const { stderr, answer } = await refused([order, '--express'], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'input-missing' });
  });

  test('an input of the wrong type, by flag', async () => {
    const { stderr, answer } = await refused([order, '--customer', 'Ada', '--limit', 'many'], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error?.class).toMatch(/^(?:input-invalid|flag-value)$/);
  });

  test('an input of the wrong type, in a file', async () => {
    await writeFile(join(sandbox.root, 'order.json'), '{ "order": { "customer": 7 } }');
    const { stderr, answer } = await refused([order, '--input', 'order.json'], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'input-invalid' });
  });

  test('an input that is not JSON', async () => {
    await writeFile(join(sandbox.root, 'cut.json'), '{ "order": { "customer": ');
    const { stderr, answer } = await refused([order, '--input', 'cut.json'], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'input-invalid' });
  });

  test('a value that is none of those allowed', async () => {
    const { stderr, answer } = await refused([order, '--customer', 'A', '--currency', 'GBP'], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error?.class).toMatch(/^(?:input-invalid|flag-value)$/);
  });

  test('an executor that there is not', async () => {
    const { stderr, answer } = await refused([order, '--executor', 'cloud'], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'flag-value' });
  });

  test('a syntax error in the pipeline', async () => {
    const { stderr, answer } = await refused([broken('syntax-error')], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({
      class: 'syntax-error',
      fields: { place: expect.stringMatching(/^fixtures\/broken\/syntax-error\/main\.ts:7:\d+$/) },
    });
  });

  test('a task that is declared in a function', async () => {
    const { stderr, answer } = await refused([broken('task-in-function')], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'task-in-function' });
  });

  test('a task without a name', async () => {
    const { stderr, answer } = await refused([broken('unnamed-task')], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'task-unnamed' });
  });

  test('two tasks of one name', async () => {
    const { stderr, answer } = await refused([broken('duplicate-task-names')], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'duplicate-task' });
  });

  test('a file without a task', async () => {
    const { stderr, answer } = await refused([broken('no-tasks')], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'task-not-found' });
  });

  test('a file with several tasks, none of them main, where none is named', async () => {
    const { stderr, answer } = await refused([broken('no-main')], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'task-not-found' });
  });

  test('a module that throws while it is loaded', async () => {
    const { stderr, answer } = await refused([broken('throws-while-loading')], 2);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'task-load-failed' });
  });

  test('a state directory that cannot be written', async () => {
    // Root may write everywhere, so it asks as somebody else.
    const user = process.getuid?.() === 0 ? { user: 65_534 } : {};
    const parent = join(sandbox.folder, 'locked');
    await mkdir(parent);
    await chmod(sandbox.folder, 0o755);
    await chmod(parent, 0o555);
    const variables = { SKEIN_STATE: join(parent, 'state'), HOME: '/nonexistent' };
    const { stderr, answer } = await refused([order, '--customer', 'Ada'], 2, {
      variables,
      ...user,
    });
    await chmod(parent, 0o755);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer.error).toMatchObject({ class: 'state-unwritable' });
  });

  test('a state directory that is a file', async () => {
    const file = join(sandbox.folder, 'file');
    await writeFile(file, 'not a folder');
    const variables = { SKEIN_STATE: file };
    const plain = await skein(sandbox, ['run', order, '--customer', 'Ada'], { variables });
    expect(plain.code).toBe(2);
    expect(anonymous(plain.stderr)).toMatchInlineSnapshot();
  });
});

describe('exit 1 for', () => {
  test('a result that cannot be encoded, with its path', async () => {
    const { stderr, answer } = await refused([broken('result-not-encodable')], 1);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer).toMatchObject({
      status: 'failed',
      result: null,
      error: {
        class: 'EncodingError',
        fields: { path: 'result.items[1].socket.close' },
        task: 'fixtures/broken/result-not-encodable/main.ts#connect',
      },
    });
  });

  test("the author's error, with task, inputs, cause and the author's own lines", async () => {
    const { stderr, answer } = await refused([broken('throws-author-error')], 1);
    expect(stderr).toMatchInlineSnapshot();
    expect(answer).toMatchObject({
      status: 'failed',
      error: {
        class: 'InvoiceError',
        message: 'invoice 2026-17 cannot be booked',
        fields: { invoice: '2026-17', retryable: false },
        cause: { class: 'RangeError', message: "'three' is not an amount" },
        task: 'fixtures/broken/throws-author-error/main.ts#amount',
        inputs: { invoice: '2026-17', line: 'tea: three' },
      },
    });
    expect(answer.error?.stack).toContain('fixtures/broken/throws-author-error/main.ts:12:11');
  });

  test('neither is recorded as done: the same again fails the same way', async () => {
    const variables = { SKEIN_STATE: join(sandbox.folder, 'twice') };
    const args = ['run', broken('result-not-encodable'), '--json'];
    const answers = [
      answerOf(await skein(sandbox, args, { variables })),
      answerOf(await skein(sandbox, args, { variables })),
    ];
    const [first, second] = answers.map(({ status, actions }) => ({ status, actions }));
    expect(first).toMatchObject({ status: 'failed', actions: { executed: 2, failed: 2 } });
    expect(second).toEqual(first);
  });
});
