import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answerOf, listRuns, type Answer } from './support/answer.ts';
import { checkCode, skein, type CommandRequest } from './support/command.ts';
import { useSandbox } from './support/suite.ts';

const order = 'fixtures/three-tasks/src/main.ts';
const broken = (name: string): string => `fixtures/broken/${name}/main.ts`;

const sandbox = useSandbox({
  folders: ['fixtures/broken', 'fixtures/three-tasks', 'e2e/pipelines'],
});

interface Told {
  readonly stderr: string;
  readonly answer: Answer;
}

/** Runs with `--json` and without: both have to say the same. */
async function refused(
  args: readonly string[],
  code: number,
  request: CommandRequest = {},
): Promise<Told> {
  const variables = { SKEIN_STATE: join(sandbox.folder, 'state'), ...request.variables };
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

interface Wrong {
  readonly args: readonly string[];
  /** The code, which is the class of the error in the object. */
  readonly code: string;
  /** The whole message lies in this file. */
  readonly message: string;
}

const wrong: readonly (readonly [what: string, wrong: Wrong])[] = [
  [
    'a missing file',
    { args: ['src/nothing.ts'], code: 'entry-not-found', message: 'missing-file' },
  ],
  [
    'a task that the file does not have',
    { args: [order, 'totla'], code: 'task-not-found', message: 'no-such-task' },
  ],
  [
    'a flag that the task does not have',
    { args: [order, '--custmer', 'Ada'], code: 'flag-unknown', message: 'wrong-flag' },
  ],
  ['a missing input', { args: [order, '--express'], code: 'input-missing', message: 'no-input' }],
  [
    'an input of the wrong type, by flag',
    {
      args: [order, '--customer', 'Ada', '--limit', 'many'],
      code: 'flag-value',
      message: 'wrong-type',
    },
  ],
  [
    'an input of the wrong type, in a file',
    {
      args: [order, '--input', 'seven.json'],
      code: 'input-invalid',
      message: 'wrong-type-in-file',
    },
  ],
  [
    'an input that is not JSON',
    { args: [order, '--input', 'cut.json'], code: 'input-invalid', message: 'not-json' },
  ],
  [
    'a value that is none of those allowed',
    {
      args: [order, '--customer', 'Ada', '--currency', 'GBP'],
      code: 'flag-value',
      message: 'not-allowed',
    },
  ],
  [
    'an executor that there is not',
    { args: [order, '--executor', 'cloud'], code: 'flag-value', message: 'no-such-executor' },
  ],
  [
    'a syntax error in the pipeline',
    { args: [broken('syntax-error')], code: 'syntax-error', message: 'syntax-error' },
  ],
  [
    'a task that is declared in a function',
    { args: [broken('task-in-function')], code: 'task-in-function', message: 'task-in-function' },
  ],
  [
    'a task without a name',
    { args: [broken('unnamed-task')], code: 'task-unnamed', message: 'unnamed-task' },
  ],
  [
    'two tasks of one name',
    {
      args: [broken('duplicate-task-names')],
      code: 'duplicate-task',
      message: 'duplicate-task-names',
    },
  ],
  [
    'a file without a task',
    { args: [broken('no-tasks')], code: 'task-not-found', message: 'no-tasks' },
  ],
  [
    'a file with several tasks, none of them main, where none is named',
    { args: [broken('no-main')], code: 'task-not-found', message: 'no-main' },
  ],
  [
    'a module that throws while it is loaded',
    {
      args: [broken('throws-while-loading')],
      code: 'task-load-failed',
      message: 'throws-while-loading',
    },
  ],
];

describe('exit 2, and nothing is recorded, for', () => {
  test.each(wrong)('%s', async (_, { args, code, message }) => {
    await writeFile(join(sandbox.root, 'seven.json'), '{ "order": { "customer": 7 } }');
    await writeFile(join(sandbox.root, 'cut.json'), '{ "order": { "customer": ');
    const { stderr, answer } = await refused(args, 2);
    await expect(stderr).toMatchFileSnapshot(`messages/${message}.txt`);
    expect(answer.error?.class).toBe(code);
  });

  test.each([
    ['a folder', 'fixtures'],
    ['nothing', ''],
    ['a text', 'notes.txt'],
    ['data', 'fixtures/three-tasks/package.json'],
  ])('an entry that is no module but %s', async (_, file) => {
    await writeFile(join(sandbox.root, 'notes.txt'), 'not: a [program');
    const { stderr, answer } = await refused([file], 2);
    expect(stderr).toMatch(/^error\[[a-z-]+\]: .+\n {2}\S.*\n(?: {2}.+\n)* {2}hint: .+\n$/);
    expect(answer.error?.class).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
  });

  test.each([
    ['syntax-error', 7],
    ['task-in-function', 6],
    ['unnamed-task', 5],
    ['duplicate-task-names', 6],
  ])('%s, and the object tells its place', async (name, line) => {
    const { answer } = await refused([broken(name)], 2);
    const place = new RegExp(`^${broken(name)}:${line}:\\d+$`);
    expect(answer.error?.fields['place']).toMatch(place);
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
    await expect(stderr).toMatchFileSnapshot('messages/state-unwritable.txt');
    expect(answer.error).toMatchObject({ class: 'state-unwritable' });
  });

  test('a state directory that is a file', async () => {
    const file = join(sandbox.folder, 'file');
    await writeFile(file, 'not a folder');
    const variables = { SKEIN_STATE: file };
    const plain = await skein(sandbox, ['run', order, '--customer', 'Ada'], { variables });
    expect(plain.code).toBe(2);
    await expect(anonymous(plain.stderr)).toMatchFileSnapshot('messages/state-is-a-file.txt');
  });
});

describe('exit 1 for', () => {
  test('a result that cannot be encoded, with its path', async () => {
    const { stderr, answer } = await refused([broken('result-not-encodable')], 1);
    await expect(stderr).toMatchFileSnapshot('messages/result-not-encodable.txt');
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
    await expect(stderr).toMatchFileSnapshot('messages/throws-author-error.txt');
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
    expect(answer.error?.stack).toContain('fixtures/broken/throws-author-error/main.ts:11:11');
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
