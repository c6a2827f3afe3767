import { expect, test } from 'vitest';
import { optionCount, optionPairs, parse } from './parse.ts';
import { commandNamed, findCommand, type CommandSpec } from './specs.ts';

function spec(name: string): CommandSpec {
  const found = commandNamed(name);
  if (found === undefined) throw new Error(`there is a command "${name}"`);
  return found;
}

function read(name: string, line: string) {
  const parsed = parse(spec(name), line === '' ? [] : line.split(' '));
  if (!parsed.ok) return parsed.failure;
  const { positionals, options, taskFlags } = parsed.value;
  return { positionals, options: Object.fromEntries(options), taskFlags };
}

test('our flags may stand anywhere, the others are of the task', () => {
  expect(read('run', 'main.ts --json train --epochs 3 --force --no-fast -n -5')).toEqual({
    positionals: ['main.ts', 'train'],
    options: { json: [true], force: [true] },
    taskFlags: ['--epochs', '3', '--no-fast', '-n', '-5'],
  });
});

test('behind -- nothing is ours', () => {
  expect(read('run', 'main.ts --label a=b --label=c=d -- --force --json --label x')).toEqual({
    positionals: ['main.ts'],
    options: { label: ['a=b', 'c=d'] },
    taskFlags: ['--force', '--json', '--label', 'x'],
  });
});

test('a dash alone is a value', () => {
  expect(read('run', 'main.ts --input -')).toMatchObject({ options: { input: ['-'] } });
});

test('the last value wins where an option does not repeat', () => {
  expect(read('runs', '--limit 3 --limit=4')).toMatchObject({ options: { limit: ['4'] } });
});

test.each([
  ['run', '', 'usage', '"skein run" needs a file'],
  ['run', 'a.ts main extra', 'usage', '"skein run" does not take "extra"'],
  ['run', 'a.ts --executor', 'flag-value', 'the value of "--executor" does not fit'],
  ['run', 'a.ts --executor cloud', 'flag-value', 'the value of "--executor" does not fit'],
  ['run', 'a.ts --input --json', 'flag-value', 'the value of "--input" does not fit'],
  ['run', 'a.ts --json=yes', 'flag-value', 'the value of "--json" does not fit'],
  ['runs', '--limt 3', 'flag-unknown', 'skein runs has no flag "--limt"'],
  ['show', '', 'usage', '"skein show" needs a run'],
  ['replay', 'last', 'usage', '"skein replay" needs an action'],
  ['doctor', 'now', 'usage', '"skein doctor" does not take "now"'],
] as const)('skein %s %s: %s', (command, line, code, headline) => {
  expect(read(command, line)).toMatchObject({ code, headline, kind: 'usage' });
});

test('a flag that is nearly known is named', () => {
  expect(read('runs', '--limt 3')).toMatchObject({ hint: 'did you mean "--limit"?' });
});

test('counts and pairs are checked', () => {
  const parsed = parse(spec('run'), ['a.ts', '--concurrency', '1.5', '--label', 'x']);
  if (!parsed.ok) throw new Error('the line can be read');
  expect(optionCount(parsed.value, 'concurrency', 1)).toMatchObject({
    ok: false,
    failure: { code: 'flag-value' },
  });
  expect(optionPairs(parsed.value, 'label')).toMatchObject({
    ok: false,
    failure: { code: 'flag-value' },
  });
});

test.each([
  ['cache ls --task a', 'cache ls', ['--task', 'a']],
  ['cache', 'cache', []],
  ['cache --json', 'cache', ['--json']],
  ['cache-server --data x', 'cache-server', ['--data', 'x']],
  ['cache-server token create --data x', 'cache-server token create', ['--data', 'x']],
  ['cache-server token', 'cache-server token', []],
  ['run cache', 'run', ['cache']],
])('the longest name that "%s" begins with is %s', (line, name, args) => {
  expect(findCommand(line.split(' '))).toMatchObject({ command: { name }, args });
});

test('a hidden flag is read like any other', () => {
  expect(read('cache-server', '--serve-child')).toMatchObject({
    options: { 'serve-child': [true] },
  });
});
