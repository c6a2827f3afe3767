import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, listRuns, type Answer } from './support/answer.ts';
import { checkCode, skein, type CommandRequest } from './support/command.ts';
import { openSandbox, type Sandbox } from './support/sandbox.ts';

const order = 'fixtures/three-tasks/src/main.ts';
const broken = (name: string): string => `fixtures/broken/${name}/main.ts`;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox({
    folders: ['fixtures/broken', 'fixtures/three-tasks', 'e2e/pipelines'],
  });
  return async () => await sandbox.close();
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

describe('exit 2, and nothing is recorded, for', () => {
  test('a missing file', async () => {
    const { stderr, answer } = await refused(['src/nothing.ts'], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[entry-not-found]: there is no such file
        file  <root>/src/nothing.ts
        from  <root>
        hint: name the file that declares the tasks, such as src/main.ts
      "
    `);
    expect(answer.error).toMatchObject({ class: 'entry-not-found' });
  });

  test('a task that the file does not have', async () => {
    const { stderr, answer } = await refused([order, 'totla'], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[task-not-found]: the file has no task "totla"
        file   "fixtures/three-tasks/src/main.ts"
        tasks  price, total, main
        hint: did you mean "total"?
      "
    `);
    expect(answer.error).toMatchObject({ class: 'task-not-found' });
  });

  test('a flag that the task does not have', async () => {
    const { stderr, answer } = await refused([order, '--custmer', 'Ada'], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[flag-unknown]: the task has no flag "--custmer"
        given  "--custmer"
        known  --customer, --items, --limit, --express, --due, --credit, --currency, --discounts, --list, --order, --input, --executor, --concurrency, --force, --label, --json, --help
        hint: did you mean "--customer"?
      "
    `);
    expect(answer.error).toMatchObject({ class: 'flag-unknown' });
  });

  test('a missing input', async () => {
    const { stderr, answer } = await refused([order, '--express'], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[input-missing]: "--customer" is missing
        wanted  string
      "
    `);
    expect(answer.error).toMatchObject({ class: 'input-missing' });
  });

  test('an input of the wrong type, by flag', async () => {
    const { stderr, answer } = await refused([order, '--customer', 'Ada', '--limit', 'many'], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[flag-value]: the value of "--limit" does not fit
        given   "many"
        wanted  number
      "
    `);
    expect(answer.error?.class).toMatch(/^(?:input-invalid|flag-value)$/);
  });

  test('an input of the wrong type, in a file', async () => {
    await writeFile(join(sandbox.root, 'order.json'), '{ "order": { "customer": 7 } }');
    const { stderr, answer } = await refused([order, '--input', 'order.json'], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[input-invalid]: the value of the input "order.customer" does not fit
        given   7
        wanted  string
      "
    `);
    expect(answer.error).toMatchObject({ class: 'input-invalid' });
  });

  test('an input that is not JSON', async () => {
    await writeFile(join(sandbox.root, 'cut.json'), '{ "order": { "customer": ');
    const { stderr, answer } = await refused([order, '--input', 'cut.json'], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[input-invalid]: the input is no JSON object
        source  "cut.json"
        why     Unexpected end of JSON input
        hint: wanted is an object by parameter name: { "rows": [1, 2], "epochs": 3 }
      "
    `);
    expect(answer.error).toMatchObject({ class: 'input-invalid' });
  });

  test('a value that is none of those allowed', async () => {
    const { stderr, answer } = await refused([order, '--customer', 'A', '--currency', 'GBP'], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[flag-value]: the value of "--currency" does not fit
        given   "GBP"
        wanted  "EUR" | "USD"
      "
    `);
    expect(answer.error?.class).toMatch(/^(?:input-invalid|flag-value)$/);
  });

  test('an executor that there is not', async () => {
    const { stderr, answer } = await refused([order, '--executor', 'cloud'], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[flag-value]: the value of "--executor" does not fit
        given   "cloud"
        wanted  "pool" or "inline"
      "
    `);
    expect(answer.error).toMatchObject({ class: 'flag-value' });
  });

  test('a syntax error in the pipeline', async () => {
    const { stderr, answer } = await refused([broken('syntax-error')], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[syntax-error]: unexpected ";"
        fixtures/broken/syntax-error/main.ts:7:20
          7 |   return greeting +;
            |                    ^
      "
    `);
    expect(answer.error).toMatchObject({
      class: 'syntax-error',
      fields: { place: expect.stringMatching(/^fixtures\/broken\/syntax-error\/main\.ts:7:\d+$/) },
    });
  });

  test('a task that is declared in a function', async () => {
    const { stderr, answer } = await refused([broken('task-in-function')], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[task-in-function]: task declared inside a function
        fixtures/broken/task-in-function/main.ts:6:20
          6 |   const multiply = env.task(async (value: number): Promise<number> => value * factor);
            |                    ^^^^^^^^
        hint: move the declaration to the top level of the module and bind it to a name
      "
    `);
    expect(answer.error).toMatchObject({ class: 'task-in-function' });
  });

  test('a task without a name', async () => {
    const { stderr, answer } = await refused([broken('unnamed-task')], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[task-unnamed]: task declared without a name
        fixtures/broken/unnamed-task/main.ts:5:16
          5 | const steps = [env.task(async (value: number): Promise<number> => value + 1)];
            |                ^^^^^^^^
        hint: bind it to a name of its own: const name = env.task(…)
      "
    `);
    expect(answer.error).toMatchObject({ class: 'task-unnamed' });
  });

  test('two tasks of one name', async () => {
    const { stderr, answer } = await refused([broken('duplicate-task-names')], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[duplicate-task]: task 'step' is declared twice
        fixtures/broken/duplicate-task-names/main.ts:6:5
          6 | var step = env.task(async (value: number): Promise<number> => value + 2);
            |     ^^^^
        hint: give one of the two another name
      "
    `);
    expect(answer.error).toMatchObject({ class: 'duplicate-task' });
  });

  test('a file without a task', async () => {
    const { stderr, answer } = await refused([broken('no-tasks')], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[task-not-found]: the file declares no task
        file  "fixtures/broken/no-tasks/main.ts"
        hint: declare one: export const main = env.task(async () => { … })
      "
    `);
    expect(answer.error).toMatchObject({ class: 'task-not-found' });
  });

  test('a file with several tasks, none of them main, where none is named', async () => {
    const { stderr, answer } = await refused([broken('no-main')], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[task-not-found]: the file has several tasks, and none is called "main"
        file   "fixtures/broken/no-main/main.ts"
        tasks  greet, part
        hint: name the task: skein run fixtures/broken/no-main/main.ts greet
      "
    `);
    expect(answer.error).toMatchObject({ class: 'task-not-found' });
  });

  test('a module that throws while it is loaded', async () => {
    const { stderr, answer } = await refused([broken('throws-while-loading')], 2);
    expect(stderr).toMatchInlineSnapshot(`
      "error[task-load-failed]: 'fixtures/broken/throws-while-loading/main.ts' does not load
        error  TypeError: the settings name no host
        at     parseSettings (fixtures/broken/throws-while-loading/settings.ts:9:40)
        at     <anonymous> (fixtures/broken/throws-while-loading/settings.ts:5:25)
        hint: what stands at the top level of a module runs when a worker loads it
      "
    `);
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
    expect(stderr).toMatchInlineSnapshot(`
      "error[state-unwritable]: the state directory cannot be written
        path   <folder>/locked/state
        cause  EACCES: permission denied, mkdir '<folder>/locked/state/v1'
        hint: make it writable, or put the state elsewhere with SKEIN_STATE
      "
    `);
    expect(answer.error).toMatchObject({ class: 'state-unwritable' });
  });

  test('a state directory that is a file', async () => {
    const file = join(sandbox.folder, 'file');
    await writeFile(file, 'not a folder');
    const variables = { SKEIN_STATE: file };
    const plain = await skein(sandbox, ['run', order, '--customer', 'Ada'], { variables });
    expect(plain.code).toBe(2);
    expect(anonymous(plain.stderr)).toMatchInlineSnapshot(`
      "error[state-unwritable]: the state directory cannot be written
        path   <folder>/file
        cause  ENOTDIR: not a directory, mkdir '<folder>/file/v1'
        hint: make it writable, or put the state elsewhere with SKEIN_STATE
      "
    `);
  });
});

describe('exit 1 for', () => {
  test('a result that cannot be encoded, with its path', async () => {
    const { stderr, answer } = await refused([broken('result-not-encodable')], 1);
    expect(stderr).toMatchInlineSnapshot(`
      "failed fixtures/broken/result-not-encodable/main.ts#main after <time>

      EncodingError: cannot encode result.items[1].socket.close: the function "close" (only tasks may be values)
        code    "not-encodable"
        path    "result.items[1].socket.close"
        reason  "the function \\"close\\" (only tasks may be values)"
        task    fixtures/broken/result-not-encodable/main.ts#connect, action 2
        inputs  host  "localhost"
        at fixtures/broken/result-not-encodable/main.ts#connect (called from)
        at <anonymous> (fixtures/broken/result-not-encodable/main.ts:21:27)

        actions  2: 2 executed, 0 reused, 2 failed
        why      2 executed: 2 never executed before
        run      <run>
        next     skein show <run> --action 2
                 the same command again, after a fix: what is cached is reused
      "
    `);
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
    expect(stderr).toMatchInlineSnapshot(`
      "failed fixtures/broken/throws-author-error/main.ts#main after <time>

      InvoiceError: invoice 2026-17 cannot be booked
        invoice    "2026-17"
        retryable  false
        task       fixtures/broken/throws-author-error/main.ts#amount, action 2
        inputs     invoice  "2026-17"
                   line     "tea: three"
        at <anonymous> (fixtures/broken/throws-author-error/main.ts:11:11)
        at fixtures/broken/throws-author-error/main.ts#amount (called from)
        at <anonymous> (fixtures/broken/throws-author-error/main.ts:16:16)
        caused by RangeError: 'three' is not an amount

        actions  2: 2 executed, 0 reused, 2 failed
        why      2 executed: 2 never executed before
        run      <run>
        next     skein show <run> --action 2
                 the same command again, after a fix: what is cached is reused
      "
    `);
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
