import { FailureError } from '@skein/model';
import { describe, expect, test } from 'vitest';
import { json } from './json-kind.ts';
import { parseCommand } from './parse-command.ts';

const parsed = (spec: unknown) => parseCommand(spec, 'a command');

test('a program with its arguments, a line, and the options beside them', () => {
  const { command, options } = parsed({
    command: ['./tool', 'a b', ['--n', '{inputs.n}'], '{outputs.out.txt}'],
    inputs: { n: 'number?', data: json({ optional: true }) },
    outputs: { 'out.txt': 'text' },
    retries: 1,
  });
  expect(command).toMatchObject({ program: './tool', line: undefined, stdin: undefined });
  expect(command.text).toBe("./tool 'a b' --n {inputs.n} {outputs.out.txt}");
  expect(command.args.map((group) => group.length)).toEqual([1, 2, 1]);
  expect(command.inputs.get('n')).toEqual({ kind: 'number', optional: true });
  expect(command.inputs.get('data')).toEqual({ kind: 'json', optional: true });
  expect([...command.exitCodes]).toEqual([0]);
  expect(options).toEqual({
    retries: { count: 1, backoff: { baseMs: 500, factor: 2, capMs: 30_000 } },
  });
  expect(parsed({ command: 'a | b' }).command).toMatchObject({ program: '/bin/sh', text: 'a | b' });
});

describe('what is no command is refused where it is written', () => {
  const inputs = { file: 'file', n: 'number', dir: 'dir', data: 'json' };
  const outputs = { out: 'stdout', made: 'file' };
  const known = { inputs, outputs };
  test.each<[string, unknown, string]>([
    ['no command', {}, "option 'command' of a command: given undefined"],
    ['an empty one', { command: [] }, "option 'command' of a command: given an empty array"],
    ['an empty line', { command: ' ' }, "option 'command' of a command"],
    ['no text', { command: ['a', 1] }, "option 'command.1' of a command: given 1"],
    ['a zero byte', { command: 'a\0b' }, "option 'command' of a command"],
    ['an unknown input', { command: ['a', '{inputs.x}'], ...known }, "given '{inputs.x}'"],
    ['an unknown output', { command: ['a', ['{outputs.x}']] }, 'wanted one of its outputs: it has'],
    ['a name of every object', { command: ['a', '{inputs.toString}'] }, "'{inputs.toString}'"],
    ['an output without a path', { command: '{outputs.out}', ...known }, "'stdout' has none"],
    ['a program that is an input', { command: ['{inputs.file}'], ...known }, "'command.0'"],
    ['no such kind', { command: 'a', inputs: { x: 'folder' } }, "'inputs.x' of a command"],
    ['an optional output', { command: 'a', outputs: { x: 'file?' } }, "'outputs.x' of a command"],
    [
      'optional JSON that comes out',
      { command: 'a', outputs: { x: json({ optional: true }) } },
      "'outputs.x' of a command: given an object",
    ],
    ['a name that leads out', { command: 'a', outputs: { '../x': 'file' } }, "given '../x'"],
    ['a hidden name', { command: 'a', outputs: { '.x': 'file' } }, "given '.x'"],
    ['a folder as standard input', { command: 'a', stdin: '{inputs.dir}', ...known }, "'stdin'"],
    ['a file in a text', { command: 'a', stdin: 'x {inputs.file}', ...known }, "'stdin'"],
    ['an output as standard input', { command: 'a', stdin: '{outputs.made}', ...known }, "'stdin'"],
    [
      'D7: an input in a document that a shell hands on as it is',
      { command: "cat <<'EOF'\n{inputs.n}\nEOF", ...known },
      "given '{inputs.n}', wanted a place where a shell puts something in",
    ],
    ['no exit code', { command: 'a', exitCodes: [] }, "'exitCodes' of a command"],
    ['an exit code that is none', { command: 'a', exitCodes: [0, 256] }, "given '[0, 256]'"],
    ['a wrong option', { command: 'a', timeout: 1 }, "option 'timeout' of a command"],
    ['no such option', { command: 'a', args: [] }, "option 'args' of a command"],
  ])('%s', (_, spec, message) => {
    expect(() => parsed(spec)).toThrow(FailureError);
    expect(() => parsed(spec)).toThrow(message);
  });
});
