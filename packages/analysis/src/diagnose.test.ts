import { describe, expect, test } from 'vitest';
import { TestWorkspace } from '../test/workspace.ts';
import { renderDiagnostic } from './render.ts';

const HEAD =
  "import { environment, checkpoint, map } from 'skein';\nconst env = " +
  "environment({ name: 'e' });\n";

async function failuresOf(text: string, more: Readonly<Record<string, string>> = {}) {
  const result = await new TestWorkspace({ 'src/main.ts': HEAD + text, ...more }).result();
  if (result.ok) return [];
  return result.failures.map(
    ({ code, place }) => `${code} ${place?.path}:${place?.line}:${place?.column}`,
  );
}

const cases: [string, string, string[]][] = [
  [
    'a task in a function',
    'export function make(): any {\n  return env.task(async () => 1);\n}',
    ['task-in-function src/main.ts:4:10'],
  ],
  [
    'a task of a local environment',
    'export const make = () => {\n  const local = environment({ name: ' +
      '"l" });\n  const t = local.task(async () => 1);\n};',
    ['task-in-function src/main.ts:5:13'],
  ],
  [
    'a checkpoint in a task',
    'export const a = env.task(async () => {\n  const c = checkpoint(async () => 1);\n});',
    ['checkpoint-in-function src/main.ts:4:13'],
  ],
  [
    'R4: a checkpoint that captures a local variable',
    'export const a = env.task(async (n: number) => {\n  const c = checkpoint(async () => n);\n});',
    ['checkpoint-captures src/main.ts:4:36'],
  ],
  [
    'R4: a checkpoint that captures what a helper is given',
    'const made = (path: string) =>\n  checkpoint(async () => ({ path }));\n' +
      'export const a = env.task(async () => made("x")());',
    ['checkpoint-captures src/main.ts:4:29'],
  ],
  [
    'R4: a checkpoint that captures a caught error',
    'export const a = env.task(async () => {\n  try { await 1; } catch (error) {\n' +
      '    await checkpoint(async () => error)();\n  }\n});',
    ['checkpoint-captures src/main.ts:5:34'],
  ],
  [
    'R4: what hides a name captures nothing',
    'export const a = env.task(async (n: number) => {\n' +
      '  const c = checkpoint(async (n: number) => { const m = n; return m; });\n});',
    ['checkpoint-in-function src/main.ts:4:13'],
  ],
  [
    'R4: a checkpoint in a block captures the variables of the block',
    'export const a = env.task(async () => 1);\n{\n  const n = 1;\n' +
      '  const c = checkpoint(async () => n);\n}',
    ['checkpoint-captures src/main.ts:6:36'],
  ],
  [
    'R4: a checkpoint without a name',
    'export const list = [\n  checkpoint(async () => 1),\n];',
    ['checkpoint-unnamed src/main.ts:4:3'],
  ],
  [
    'R4: a checkpoint that is called where it is declared',
    'export const value = checkpoint(async () => 1)();',
    ['checkpoint-unnamed src/main.ts:3:22'],
  ],
  [
    'R4: one at the top level may use all that lies there',
    'const n = 1;\nexport const c = checkpoint(async () => n);\n' +
      'export default checkpoint(async () => 2);',
    [],
  ],
  ['a task without a name', 'env.task(async () => 1);', ['task-unnamed src/main.ts:3:1']],
  [
    'a task in a list',
    'export const list = [\n  env.task(async () => 1),\n];',
    ['task-unnamed src/main.ts:4:3'],
  ],
  [
    'duplicate names',
    'export const a = env.task(async () => 1);\nconst a = env.task(async () => 2);',
    ['duplicate-task src/main.ts:4:7'],
  ],
  [
    'duplicate names by var',
    'var a = env.task(async () => 1);\nvar a = env.task(async () => 2);',
    ['duplicate-task src/main.ts:4:5'],
  ],
  ['a syntax error', 'export const a = env.task(async () => {;', ['syntax-error src/main.ts:3:41']],
  [
    'a module that is not there',
    "import { f } from './gone.ts';\nexport const a = env.task(async () => f());",
    ['module-not-found src/main.ts:3:19'],
  ],
  [
    'a package that is not there',
    "import { f } from 'gone';\nexport const a = env.task(async () => f());",
    ['module-not-found src/main.ts:3:19'],
  ],
  [
    'V5: an optional second parameter',
    'const b = env.task(async (x: string, n?: number) => x);\nexport ' +
      'const a = env.task(async () => Promise.all(["x"].map(b)));',
    ['map-second-parameter src/main.ts:4:61'],
  ],
  [
    'V5: a default second parameter',
    'const b = env.task(async (x: string, n = 3) => x);\nexport const a ' +
      '= env.task(async () => Promise.all(["x"].map(b)));',
    ['map-second-parameter src/main.ts:4:61'],
  ],
  [
    'V5: a required second parameter is none',
    'const b = env.task(async (x: string, n: number) => x);\nexport ' +
      'const a = env.task(async () => Promise.all(["x"].map(b)));',
    [],
  ],
  [
    'V5: one parameter is none',
    'const b = env.task(async (x: string) => x);\nexport const a = ' +
      'env.task(async () => Promise.all(["x"].map(b)));',
    [],
  ],
  [
    'V5: map of skein is none',
    'const b = env.task(async (x: string, n = 3) => x);\nexport const a ' +
      '= env.task(async () => map(b, ["x"]));',
    [],
  ],
  [
    'a method called task of something else is none',
    'const list = new Map([["task", (x: any) => x]]); export const f = ' +
      '(queue: any) => queue.task("name", async () => 1);\nexport const a ' +
      '= env.task(async () => list);',
    [],
  ],
];

describe('diagnostics have a code and the place in the source', () => {
  test.each(cases)('%s', async (_, text, expected) => {
    expect(await failuresOf(text)).toEqual(expected);
  });

  test('a task imported from another module is found wanting in the same way', async () => {
    const more = {
      'src/lib.ts': `${HEAD}export const b = env.task(async (x: string, n = 3) => x);`,
    };
    const text =
      "import { b } from './lib.ts';\nexport const a = env.task(async () " +
      "=> Promise.all(['x'].map(b)));";
    expect(await failuresOf(text, more)).toEqual(['map-second-parameter src/main.ts:4:61']);
  });

  test('a missing entry is told', async () => {
    const result = await new TestWorkspace({}).result('src/gone.ts');
    expect(result.ok ? [] : result.failures.map((it) => it.code)).toEqual(['entry-not-found']);
  });
});

test('a diagnostic is shown with the source line and a squiggle', async () => {
  const text = 'export const list = [\n\tenv.task(async () => 1),\n];';
  const result = await new TestWorkspace({ 'src/main.ts': HEAD + text }).result();
  if (result.ok) throw new Error('expected a failure');
  expect(renderDiagnostic(result.failures[0])).toBe(`task-unnamed: task declared without a name
  --> src/main.ts:4:2
  |
4 | \tenv.task(async () => 1),
  | \t~~~~~~~~
  hint: bind it to a name of its own: const name = env.task(…)`);
});

test('an error that is mended is forgotten', async () => {
  const workspace = new TestWorkspace({
    'src/main.ts': `${HEAD}export const a = env.task(async () => 1);`,
  });
  const before = await workspace.codes();
  workspace.write({ 'src/main.ts': `${HEAD}export const a = env.task(async () => {` });
  expect((await workspace.result()).ok).toBe(false);
  workspace.write({ 'src/main.ts': `${HEAD}export const a = env.task(async () => 1);` });
  expect(await workspace.codes()).toEqual(before);
});
