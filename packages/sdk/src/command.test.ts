import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FailureError } from '@skein/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment } from './environment.ts';
import { CommandError } from './errors.ts';
import { Dir } from './dir.ts';
import { File } from './file.ts';
import { json } from './json-kind.ts';
import { declaredArgs, rowOf } from './task.ts';
import type { TaskId } from '@skein/model';

const env = environment({ name: 'main' });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skein-command-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = (content: string): Promise<File> => File.from(Buffer.from(content), { name: 'a.txt' });

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function commandErrorOf(work: Promise<unknown>): Promise<CommandError> {
  const error = await errorOf(work);
  if (!(error instanceof CommandError)) throw error;
  return error;
}

describe('inputs and outputs', () => {
  test('all kinds go in, and all kinds come out', async () => {
    const task = env.command({
      command: [
        'sh',
        '-euc',
        [
          'cat "$1" > "$8"; ls "$2" > "$9"; shift 2',
          'printf "%s|%s|%s|" "$1" "$2" "$3"; cat "$4"; echo problem >&2; shift 7',
          'mkdir -p "$1/in"; echo x > "$1/in/x.txt"; echo \'{"a":[1]}\' > "$2"',
          'echo " 2.5e1 " > "$3"; echo true > "$4"; exit 7',
        ].join('\n'),
        'sh',
        ['{inputs.file}', '{inputs.dir}', '{inputs.text}', '{inputs.n}', '{inputs.yes}'],
        ['{inputs.data}', '-', '{outputs.file}', '{outputs.names}', '{outputs.dir}'],
        ['{outputs.json}', '{outputs.number}', '{outputs.boolean}'],
      ],
      inputs: {
        file: 'file',
        dir: 'dir',
        text: 'string',
        n: 'number',
        yes: 'boolean',
        data: json<{ readonly b: string }>(),
      },
      outputs: {
        file: 'file',
        names: 'text',
        dir: 'dir',
        json: json<{ a: number[] }>(),
        number: 'number',
        boolean: 'boolean',
        out: 'stdout',
        err: 'stderr',
        code: 'exitCode',
      },
      exitCodes: [0, 7],
    });
    await writeFile(join(folder, 'one.txt'), '1');
    const made = await task({
      file: await text('content'),
      dir: await Dir.from(folder),
      text: `it's $(echo "x")`,
      n: 0.5,
      yes: false,
      data: { b: 'c' },
    });
    expect(await made.file.text()).toBe('content');
    expect(made.file.name).toBe('file');
    expect(made.dir.files().map(({ path }) => path)).toEqual(['in/x.txt']);
    const { file: _file, dir: _dir, ...rest } = made;
    expect(rest).toEqual({
      names: 'one.txt\n',
      json: { a: [1] },
      number: 25,
      boolean: true,
      out: `it's $(echo "x")|0.5|false|{"b":"c"}`,
      err: 'problem\n',
      code: 7,
    });
  });

  test('of an input that is left out its argument goes, and its group as a whole', async () => {
    const task = env.command({
      command: ['printf', '%s,', 'a', ['--n', '{inputs.n}'], '--t={inputs.t}', '{inputs.t}', 'z'],
      inputs: { n: 'number?', t: 'string?', j: json<number[]>({ optional: true }) },
      outputs: { out: 'stdout' },
    });
    expect((await task({})).out).toBe('a,z,');
    expect((await task({ n: 1, t: 'x' })).out).toBe('a,--n,1,--t=x,x,z,');
  });

  test('other braces are the program’s own', async () => {
    const task = env.command({
      command: ['printf', '%s,', '{print}', '{}', '{inputs}', '{ inputs.x }', '{outputs}'],
      outputs: { out: 'stdout' },
    });
    expect((await task({})).out).toBe('{print},{},{inputs},{ inputs.x },{outputs},');
  });

  test('standard input: a file, JSON, a text, nothing', async () => {
    const file = env.command({
      command: ['cat'],
      inputs: { rows: 'file' },
      outputs: { out: 'stdout' },
      stdin: '{inputs.rows}',
    });
    expect((await file({ rows: await text('rows') })).out).toBe('rows');
    const data = env.command({
      command: ['cat'],
      inputs: { data: 'json' },
      outputs: { out: 'stdout' },
      stdin: '{inputs.data}',
    });
    expect((await data({ data: [1, 'x'] })).out).toBe('[1,"x"]');
    const words = env.command({
      command: ['cat'],
      inputs: { n: 'number' },
      outputs: { out: 'stdout' },
      stdin: 'n = {inputs.n}\n',
    });
    expect((await words({ n: 3 })).out).toBe('n = 3\n');
    const none = env.command({ command: ['cat'], outputs: { out: 'stdout' } });
    expect((await none({})).out).toBe('');
  });

  test('what a command is called with has to be what it declares', async () => {
    const task = env.command({
      command: ['true'],
      inputs: { file: 'file', text: 'string', data: 'json' },
    });
    const good = { file: await text('x'), text: 'a', data: 1 };
    const call = task as unknown as (inputs: unknown) => Promise<unknown>;
    for (const [wrong, message] of [
      [{ ...good, file: 'path' }, 'input "file" is not as it is declared'],
      [{ ...good, text: 'a\0b' }, 'input "text" is not as it is declared'],
      [{ ...good, data: undefined }, 'input "data" is not as it is declared'],
      [{ ...good, data: 1n }, 'input "data" is not as it is declared'],
      [{ ...good, more: 1 }, 'no input "more"'],
      [3, 'a command takes one object with its inputs'],
    ] as const) {
      const error = await errorOf(call(wrong));
      expect(error).toBeInstanceOf(FailureError);
      expect((error as FailureError).failure).toMatchObject({
        code: 'input-invalid',
        headline: message,
      });
    }
  });
});

describe('a line of a shell', () => {
  const hostile = `a'b"c $(echo bad > x) \`echo bad\` $HOME \\ * ; echo bad`;

  test('what is put in is a word, inside of any quotes, and never run', async () => {
    for (const place of [
      '{inputs.x}',
      '"{inputs.x}"',
      `'{inputs.x}'`,
      `"$(printf %s {inputs.x})"`,
    ]) {
      const task = env.command({
        command: `# it's "quoted\nprintf '%s' ${place}`,
        inputs: { x: 'string' },
        outputs: { out: 'stdout' },
      });
      expect([place, (await task({ x: hostile })).out]).toEqual([place, hostile]);
    }
  });

  test('a pipeline, with inputs and outputs', async () => {
    const task = env.command({
      command:
        `tr ' ' '\\n' < {inputs.text} | sort | awk '{print "<" $1 ">"}' |\n` +
        'head -n {inputs.rows} > {outputs.list}',
      inputs: { text: 'file', rows: 'number' },
      outputs: { list: 'text' },
    });
    expect((await task({ text: await text('b a c'), rows: 2 })).list).toBe('<a>\n<b>\n');
  });

  test('it stops at the first failure, and at a variable that is not set', async () => {
    const stops = env.command({ command: 'false\necho on', outputs: { out: 'stdout' } });
    expect((await commandErrorOf(stops({}))).message).toBe('sh exited with 1');
    const unset = env.command({ command: 'echo "$missing_one"' });
    expect((await commandErrorOf(unset({}))).message).toContain('missing_one');
  });

  test('an input that is left out is an empty word', async () => {
    const task = env.command({
      command: 'printf "<%s>" {inputs.x} a',
      inputs: { x: 'string?' },
      outputs: { out: 'stdout' },
    });
    expect((await task({})).out).toBe('<><a>');
  });
});

describe('X7: a program that fails is a CommandError', () => {
  test('an exit code: with the last line that it printed, and what came before', async () => {
    const task = env.command({
      command: ['sh', '-c', 'echo said; echo first >&2; echo "it is broken" >&2; exit 3'],
      inputs: { x: 'string?' },
    });
    const error = await commandErrorOf(task({}));
    expect(error.message).toBe('sh exited with 3: it is broken');
    expect({ ...error }).toEqual({
      command: `sh -c 'echo said; echo first >&2; echo "it is broken" >&2; exit 3'`,
      exitCode: 3,
      signal: null,
      stdout: 'said\n',
      stderr: 'first\nit is broken\n',
    });
    expect(error.name).toBe('CommandError');
  });

  test('a signal', async () => {
    const task = env.command({ command: 'kill -9 $$' });
    expect(await commandErrorOf(task({}))).toMatchObject({
      message: 'sh was ended by SIGKILL',
      exitCode: null,
      signal: 'SIGKILL',
    });
  });

  test('only the last 4 KiB are kept of what it printed', async () => {
    const task = env.command({ command: `printf 'ü%.0s' $(seq 1 5000) >&2; exit 1` });
    const { stderr } = await commandErrorOf(task({}));
    expect(Buffer.byteLength(stderr)).toBeLessThanOrEqual(4096);
    expect(stderr).toMatch(/^ü{2000,}$/);
  });

  test('a program that is not there, or is none', async () => {
    const missing = env.command({
      command: ['no-such-program-at-all', '{inputs.x}'],
      inputs: { x: 'number' },
    });
    expect(await commandErrorOf(missing({ x: 1 }))).toMatchObject({
      message: 'program "no-such-program-at-all" was not found on this machine',
      command: 'no-such-program-at-all {inputs.x}',
      exitCode: null,
    });
    const path = join(folder, 'tool');
    await writeFile(path, '#!/no/such/interpreter\n');
    const none = env.command({ command: [path] });
    expect((await commandErrorOf(none({}))).message).toContain('it may not be executed');
    await chmod(path, 0o755);
    expect((await commandErrorOf(none({}))).message).toContain('that its first line names');
  });

  test('retries find the outputs of no earlier attempt: each has its own folder', async () => {
    const task = env.command({
      command: 'test ! -e {outputs.x}; echo 1 > {outputs.x}',
      outputs: { x: 'number' },
    });
    expect(await Promise.all([task.forward({}), task.forward({})])).toEqual([{ x: 1 }, { x: 1 }]);
  });
});

describe('D4: an output is what is declared, and nothing else', () => {
  const making = (command: string, kind: 'file' | 'dir' | 'json' | 'text' | 'number' | 'boolean') =>
    env.command({ command, outputs: { made: kind } })({});

  test.each([
    [
      'true',
      'file',
      'output "made" of sh is missing: there is no outputs/made, and outputs is empty',
    ],
    [
      'touch {outputs.made}2',
      'file',
      'output "made" of sh is missing: there is no outputs/made, but made2',
    ],
    ['mkdir {outputs.made}', 'file', 'output "made" of sh is a folder, and is declared as a file'],
    ['touch {outputs.made}', 'dir', 'output "made" of sh is a file, and is declared as a folder'],
    ['echo 3 apples > {outputs.made}', 'number', 'output "made" of sh is not a number: "3 apples"'],
    ['touch {outputs.made}', 'number', 'output "made" of sh is not a number: ""'],
    ['echo 1 > {outputs.made}', 'boolean', 'output "made" of sh is neither true nor false: "1"'],
  ] as const)('%s as %s', async (command, kind, message) => {
    expect((await commandErrorOf(making(command, kind))).message).toBe(message);
  });

  test('JSON that is broken', async () => {
    const error = await commandErrorOf(making('echo "{" > {outputs.made}', 'json'));
    expect(error.message).toMatch(/^output "made" of sh is not JSON: /);
  });

  test.each([
    ['a link', 'ln -s /etc/hostname {outputs.made}', 'file'],
    ['a link as a value', 'ln -s /etc/hostname {outputs.made}', 'text'],
    ['a link that leads nowhere', 'ln -s nowhere {outputs.made}', 'file'],
    ['a link to a folder', 'ln -s /etc {outputs.made}', 'dir'],
    ['a pipe', 'mkfifo {outputs.made}', 'file'],
    ['a link within a folder', 'mkdir {outputs.made}; ln -s /etc/passwd {outputs.made}/x', 'dir'],
    ['a pipe within a folder', 'mkdir {outputs.made}; mkfifo {outputs.made}/x', 'dir'],
    [
      'a folder in the place of the outputs',
      'cd "$(dirname {outputs.made})"; cd ..; rm -r outputs; ln -s /etc outputs; true',
      'file',
    ],
  ] as const)('%s is refused', async (_, command, kind) => {
    const error = await errorOf(making(command, kind));
    expect(error).toBeInstanceOf(FailureError);
    expect((error as FailureError).failure.code).toBe('dir-entry-refused');
  });
});

describe('its process', () => {
  test('what it leaves running is ended with it', async () => {
    const path = join(folder, 'pid');
    const task = env.command({
      command: 'sleep 600 & echo $! > {inputs.path}',
      inputs: { path: 'string' },
    });
    await task({ path });
    const pid = Number(await readFile(path, 'utf8'));
    // Of a process that has ended, and that nobody has asked for yet, the name is all that is left.
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    expect(words).toBe('');
  });

  test('it gets the environment of the process, and starts in its folder', async () => {
    const task = env.command({
      command: 'echo "$HOME|$PWD"',
      outputs: { out: 'stdout' },
    });
    expect((await task({})).out).toBe(`${process.env['HOME']}|${process.cwd()}\n`);
  });
});

test('Q1: its row names its program and its only parameter', () => {
  const id = 'a.ts#train' as TaskId;
  const inputs = { x: 'number' } as const;
  const script = env.command({ command: ['python3', 'a.py'], inputs, retries: 2 });
  expect(rowOf(id, script)).toMatchObject({
    id,
    environment: 'main',
    parameters: ['inputs'],
    rest: false,
    program: 'python3',
    options: { retries: { count: 2 } },
  });
  expect(rowOf(id, env.command({ command: 'true' }))).toMatchObject({ program: '/bin/sh' });
  expect(
    rowOf(
      id,
      env.task(async () => 1),
    ),
  ).not.toHaveProperty('program');
});

test('V1: in which order inputs are written, and what is undefined, makes no other call', () => {
  const task = env.command({ command: ['true'], inputs: { a: 'number', b: 'string?' } });
  const form = (inputs: object): string => JSON.stringify(declaredArgs(task, [inputs, 'dropped']));
  expect(form({ b: 'x', a: 1 })).toBe('[{"a":1,"b":"x"}]');
  expect(form({ b: undefined, a: 1 })).toBe('[{"a":1}]');
  expect(form({ more: 2, a: 1 })).toBe('[{"a":1,"more":2}]');
});
