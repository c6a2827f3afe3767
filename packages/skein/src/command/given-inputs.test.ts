import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputSchema } from '@skein/analysis';
import { renderFailures, plain } from '@skein/view';
import { afterAll, expect, test } from 'vitest';
import { fakeIo } from '../../test/fake-io.ts';
import * as type from '../../test/schemas.ts';
import { readGivenInputs } from './given-inputs.ts';
import { openOutput } from './output.ts';
import { parse } from './parse.ts';
import { commandNamed } from './specs.ts';

const cwd = mkdtempSync(join(tmpdir(), 'skein-inputs-'));
afterAll(() => rmSync(cwd, { recursive: true }));
writeFileSync(join(cwd, 'a.txt'), 'content');
mkdirSync(join(cwd, 'folder'));
writeFileSync(join(cwd, 'folder', 'b.txt'), 'b');

/** What a command line gives the task: its arguments, or the messages. */
async function given(schema: InputSchema, args: readonly string[], stdin = '') {
  const { io } = fakeIo({ cwd, stdin });
  const command = commandNamed('run');
  if (command === undefined) throw new Error('there is a command "run"');
  const parsed = parse(command, ['main.ts', ...args]);
  if (!parsed.ok) throw new Error(parsed.failure.headline);
  const output = openOutput(io);
  const session = { io, command, output, json: false, parsed: parsed.value };
  const inputs = await readGivenInputs(session, schema);
  return inputs.ok ? inputs.args : renderFailures(inputs.failures, plain);
}

const schema = type.schemaOf({
  rows: type.list(type.object({ name: type.string, 'size?': type.number })),
  'epochs?': type.number,
  'due?': type.date,
});

test('flags and --input together make the arguments; flags win', async () => {
  const input = JSON.stringify({ rows: [{ name: 'a' }], epochs: 3 });
  expect(await given(schema, ['--input', '-', '--epochs', '5'], input)).toEqual([
    [{ name: 'a' }],
    5,
  ]);
});

test('an input that is left out in the middle is undefined', async () => {
  expect(await given(schema, ['--rows', '[]', '--due', '2026-11-24'])).toEqual([
    [],
    undefined,
    new Date('2026-11-24'),
  ]);
});

test('--input of a file is relative to the present folder', async () => {
  writeFileSync(join(cwd, 'in.json'), '{ "rows": [], "due": "2026-11-24" }');
  expect(await given(schema, ['--input', 'in.json'])).toEqual([
    [],
    undefined,
    new Date('2026-11-24'),
  ]);
});

test('a missing input is told with what is wanted', async () => {
  expect(await given(schema, ['--epochs', '1'])).toMatchInlineSnapshot(`
    "error[input-missing]: the input "rows" is missing
      wanted  { name: string, size?: number }[]
      hint: give it by "--rows", or in the object of "--input""
  `);
});

test('all that does not fit is told at once, by the name of the flag', async () => {
  const rows = '[{"name":1},{"size":2},{"name":"a","colour":"red"}]';
  expect(await given(schema, ['--rows', rows])).toMatchInlineSnapshot(`
    "error[flag-value]: the value of "--rows" at "rows[0].name" does not fit
      given   1
      wanted  string

    error[input-missing]: "--rows" at "rows[1].name" is missing
      wanted  string

    error[flag-value]: "--rows" at "rows[2]" has no property "colour"
      wanted  { name: string, size?: number }

    3 errors"
  `);
});

test('of --input the name is that of the input', async () => {
  expect(await given(schema, ['--input', '-'], '{ "rows": [3] }')).toMatchInlineSnapshot(`
    "error[input-invalid]: the value of the input "rows[0]" does not fit
      given   3
      wanted  { name: string, size?: number }"
  `);
});

test.each([
  ['{', 'the input is no JSON object'],
  ['[]', 'the input is no JSON object'],
  ['{ "rwos": [] }', 'the task has no parameter "rwos"'],
])('--input %s: %s', async (text, headline) => {
  expect(await given(schema, ['--input', '-'], text)).toContain(
    `error[input-invalid]: ${headline}`,
  );
});

test('--input of a file that is not there', async () => {
  expect(await given(schema, ['--input', 'none.json'])).toContain(
    'error[flag-value]: the value of "--input" does not fit',
  );
});

const order = type.schemaOf({
  order: type.object({ customer: type.string, 'limit?': type.number, 'list?': type.file }),
});

test('properties of a single object are flags, over the whole', async () => {
  expect(await given(order, ['--customer', 'a', '--limit', '3'])).toEqual([
    { customer: 'a', limit: 3 },
  ]);
  expect(await given(order, ['--order', '{"customer":"b","limit":1}', '--limit', '2'])).toEqual([
    { customer: 'b', limit: 2 },
  ]);
  const input = '{ "order": { "customer": "c" } }';
  expect(await given(order, ['--input', '-', '--limit', '2'], input)).toEqual([
    { customer: 'c', limit: 2 },
  ]);
});

test('V1: in which order flags are written makes no other value', async () => {
  const whole = type.schemaOf({ inputs: type.object({ name: type.string, n: type.number }) });
  const flags = ['--n', '1', '--name', 'a'];
  const [one, other] = await Promise.all(
    [flags, [...flags.slice(2), ...flags.slice(0, 2)]].map((it) => given(whole, it)),
  );
  expect(JSON.stringify(one)).toBe('[{"name":"a","n":1}]');
  expect(JSON.stringify(other)).toBe(JSON.stringify(one));
});

test('a property that is missing is told as a flag', async () => {
  expect(await given(order, ['--limit', '3'])).toMatchInlineSnapshot(`
    "error[input-missing]: "--customer" is missing
      wanted  string"
  `);
});

const files = type.schemaOf({ source: type.file, 'rest?': type.list(type.dir) });

test('File and Dir are paths, in JSON too', async () => {
  const args = await given(files, ['--source', 'a.txt', '--rest', '["folder"]']);
  expect(args).toMatchObject([{ name: 'a.txt', size: 7 }, [{}]]);
  const input = JSON.stringify({ source: { $type: 'file', value: { path: 'a.txt', name: 'x' } } });
  expect(await given(files, ['--input', '-'], input)).toMatchObject([{ name: 'x', size: 7 }]);
});

test('a file that is not there', async () => {
  expect(await given(files, ['--source', 'none.txt'])).toMatchInlineSnapshot(`
    "error[flag-value]: the file of "--source" cannot be taken
      path  "none.txt"
      why   there is no such file"
  `);
});

test('a file whose content is another than the digest says', async () => {
  const digest = `${'0'.repeat(64)}-7`;
  const value = { path: 'a.txt', name: 'a.txt', size: 7, digest };
  const input = JSON.stringify({ source: { $type: 'file', value } });
  expect(await given(files, ['--input', '-'], input)).toMatchInlineSnapshot(`
    "error[input-invalid]: the file of the input "source" cannot be taken
      path  "a.txt"
      why   its content is not that of the digest beside it"
  `);
});

test('further arguments of a rest parameter', async () => {
  const [parameter] = type.schemaOf({ names: type.list(type.string) }).parameters;
  if (parameter === undefined) throw new Error('there is a parameter');
  const rest: InputSchema = { ...schema, parameters: [{ ...parameter, rest: true }] };
  expect(await given(rest, ['--names', 'a', '--names', 'b'])).toEqual(['a', 'b']);
});

test('a type that nothing can say is told', async () => {
  const callback = type.schemaOf({ 'callback?': { kind: 'unsupported', text: '() => void' } });
  expect(await given(callback, ['--callback', 'x'])).toMatchInlineSnapshot(`
    "error[flag-value]: the value of "--callback" does not fit
      given   "x"
      wanted  () => void, which no flag can say"
  `);
});

test('null by a flag is a value, not an input that is left out', async () => {
  const nullable = type.schemaOf({
    'name?': type.union({ kind: 'undefined' }, { kind: 'null' }, type.string),
  });
  expect(await given(nullable, ['--name', 'null'])).toEqual([null]);
  expect(await given(nullable, ['--input', '-'], '{ "name": null }')).toEqual([null]);
});
