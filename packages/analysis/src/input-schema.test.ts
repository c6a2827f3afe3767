import { expect, test } from 'vitest';
import { TestWorkspace } from '../test/workspace.ts';
import { inputSchema, toJsonSchema } from './index.ts';
import type { ParameterSchema } from './index.ts';

async function parametersOf(text: string, types = ''): Promise<readonly ParameterSchema[]> {
  const workspace = new TestWorkspace({
    'src/types.ts': types,
    'src/main.ts':
      `import { environment, type File, type Dir } from 'skein';\nconst ` +
      `env = environment({ name: 'e' });\n${text}`,
  });
  return await schemaOf(workspace);
}

async function schemaOf(workspace: TestWorkspace): Promise<readonly ParameterSchema[]> {
  const analysis = await workspace.analysis();
  const [task] = analysis.tasks;
  if (task === undefined) throw new Error('no task');
  const schema = await inputSchema(analysis, task.id);
  if (!schema.ok) throw new Error(schema.failure.headline);
  return schema.value.parameters;
}

const EVERY_FORM = {
  text: { kind: 'string' },
  n: { kind: 'number' },
  big: { kind: 'bigint' },
  at: { kind: 'date' },
  bytes: { kind: 'bytes' },
  file: { kind: 'file' },
  colour: {
    kind: 'union',
    types: [
      { kind: 'literal', value: 'red' },
      { kind: 'literal', value: 'green' },
    ],
  },
  options: {
    kind: 'object',
    properties: [
      { name: 'limit', type: { kind: 'number' }, optional: false, doc: 'At most.' },
      { name: 'mode', type: { kind: 'string' }, optional: true },
    ],
  },
  tree: {
    kind: 'object',
    properties: [
      { name: 'name', type: { kind: 'string' }, optional: false },
      { name: 'children', type: { kind: 'list', item: { kind: 'unknown' } }, optional: false },
    ],
  },
  pairs: {
    kind: 'list',
    item: { kind: 'tuple', items: [{ kind: 'string' }, { kind: 'number' }] },
  },
  table: { kind: 'record', value: { kind: 'boolean' } },
  m: { kind: 'map', key: { kind: 'string' }, value: { kind: 'set', item: { kind: 'number' } } },
  either: {
    kind: 'union',
    types: [{ kind: 'null' }, { kind: 'literal', value: 'x' }, { kind: 'literal', value: 'y' }],
  },
  any: { kind: 'unknown' },
  call: { kind: 'unsupported', text: '() => void' },
  flag: { kind: 'boolean' },
  more: { kind: 'string' },
  rest: { kind: 'list', item: { kind: 'string' } },
};

test('every form of a parameter has its type', async () => {
  const parameters = await parametersOf(
    `import type { Options, Colour, Tree } from './types.ts';
/**
 * Does it.
 * @param text - what to read
 */
export const a = env.task(async (text: string, n: number, big: bigint, at: Date, bytes: Uint8Array,
  file: File, colour: Colour, options: Options, tree: Tree, pairs: [string, number][],
  table: Record<string, boolean>, m: Map<string, Set<number>>, either: 'x' | 'y' | null,
  any: unknown, call: () => void, flag = true, more?: string, ...rest: string[]) => text);`,
    `export enum Colour { Red = 'red', Green = 'green' }
export interface Options {
  /** At most. */
  limit: number; mode?: string }
export interface Tree { name: string; children: Tree[] }`,
  );
  const types = Object.fromEntries(parameters.map((it) => [it.name, it.type]));
  expect(types).toEqual(EVERY_FORM);
  expect(parameters.filter((it) => it.optional).map((it) => it.name)).toEqual([
    'flag',
    'more',
    'rest',
  ]);
  expect(parameters.map((it) => it.rest).indexOf(true)).toBe(parameters.length - 1);
  expect(parameters.find((it) => it.name === 'text')?.doc).toBe('what to read');
  expect(parameters.find((it) => it.name === 'flag')?.default).toBe('true');
});

test('an edited type is read again, through re-exports and inferred results', async () => {
  const workspace = new TestWorkspace({
    'src/main.ts':
      `import { environment } from 'skein';\nimport type { T } from ` +
      `'./all.ts';\nimport { make } from './lib.ts';\nconst env = ` +
      `environment({ name: 'e' });\nexport const a = env.task(async (t: T, ` +
      'made: ReturnType<typeof make>) => 1);',
    'src/all.ts': "export type { T } from './lib.ts';",
    'src/lib.ts': 'export type T = string;\nexport const make = () => 1;',
  });
  const kinds = async () => (await schemaOf(workspace)).map((it) => it.type.kind);
  expect(await kinds()).toEqual(['string', 'number']);
  workspace.write({ 'src/lib.ts': 'export type T = bigint;\nexport const make = () => 1;' });
  expect(await kinds()).toEqual(['bigint', 'number']);
  workspace.write({ 'src/lib.ts': 'export type T = bigint;\nexport const make = () => true;' });
  expect(await kinds()).toEqual(['bigint', 'boolean']);
});

test('JSON Schema speaks of the JSON form of values', () => {
  expect(toJsonSchema({ kind: 'list', item: { kind: 'bigint' } })).toEqual({
    type: 'array',
    items: {
      type: 'object',
      properties: { $type: { const: 'bigint' }, value: { type: 'string', pattern: '^-?\\d+$' } },
      required: ['$type', 'value'],
    },
  });
});

test('a command takes one object with its inputs', async () => {
  const [parameter, ...others] = await parametersOf(
    `import { json } from 'skein';\n` +
      `interface Options { readonly depth: number }\n` +
      `/**\n * @param rows - The rows.\n */\n` +
      `export const train = env.command({ command: ['a', '{inputs.rows}'], inputs: {\n` +
      `  rows: 'file', dir: 'dir?', 'the-text': 'string', n: 'number?', yes: 'boolean',\n` +
      `  data: 'json', options: json<Options>(), more: json<string[]>({ optional: true }),\n` +
      `}, outputs: { out: 'stdout' } });`,
  );
  expect(others).toEqual([]);
  expect(parameter).toMatchObject({ name: 'inputs', optional: false, rest: false });
  expect(parameter?.type).toEqual({
    kind: 'object',
    properties: [
      { name: 'rows', type: { kind: 'file' }, optional: false, doc: 'The rows.' },
      { name: 'dir', type: { kind: 'dir' }, optional: true },
      { name: 'the-text', type: { kind: 'string' }, optional: false },
      { name: 'n', type: { kind: 'number' }, optional: true },
      { name: 'yes', type: { kind: 'boolean' }, optional: false },
      { name: 'data', type: { kind: 'unknown' }, optional: false },
      {
        name: 'options',
        type: {
          kind: 'object',
          properties: [{ name: 'depth', type: { kind: 'number' }, optional: false }],
        },
        optional: false,
      },
      { name: 'more', type: { kind: 'list', item: { kind: 'string' } }, optional: true },
    ],
  });
});

test('a command without inputs takes an empty object', async () => {
  const [parameter] = await parametersOf(`export const a = env.command({ command: 'true' });`);
  expect(parameter?.type).toEqual({ kind: 'object', properties: [] });
});

test('the schema of a command is another when the type of an input is edited', async () => {
  const text = (kind: string): string =>
    `import { environment, json } from 'skein';\nimport type { T } from './types.ts';\n` +
    `const env = environment({ name: 'e' });\n` +
    `export const a = env.command({ command: 'true', inputs: { x: ${kind} } });`;
  const workspace = new TestWorkspace({
    'src/types.ts': 'export type T = string;',
    'src/main.ts': text('json<T>()'),
  });
  const typeOf = async (): Promise<unknown> => {
    const [parameter] = await schemaOf(workspace);
    return parameter?.type.kind === 'object' ? parameter.type.properties[0]?.type : undefined;
  };
  expect(await typeOf()).toEqual({ kind: 'string' });
  workspace.write({ 'src/types.ts': 'export type T = number;' });
  expect(await typeOf()).toEqual({ kind: 'number' });
  workspace.write({ 'src/main.ts': text(`'boolean'`) });
  expect(await typeOf()).toEqual({ kind: 'boolean' });
});
