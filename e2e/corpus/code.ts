import { edit, mutation, type Mutation } from './mutation.ts';

const MAIN = 'src/main.ts';
const PARSE = 'src/parse.ts';
const WEIGH = 'src/weigh.ts';

/** Edits that change nothing that runs (C1). */
const harmless: readonly Mutation[] = [
  mutation('a comment', edit(PARSE, 'const SEP', '// As ever.\nconst SEP'), []),
  mutation(
    'a comment in a body',
    edit(PARSE, '  return trimmed', '  // Now.\n  return trimmed'),
    [],
  ),
  mutation('a docstring', edit(PARSE, '/** Fields of', '/** The fields of'), []),
  mutation(
    'a blank line',
    edit(PARSE, '\nexport function parse', '\n\n\nexport function parse'),
    [],
  ),
  mutation(
    'the layout',
    edit(PARSE, '(line: string): string[]', '(\n  line: string,\n): string[]'),
    [],
  ),
  mutation('quotes', edit(PARSE, "','", '","'), []),
  mutation('a semicolon', edit(PARSE, "= ',';", "= ','"), []),
  mutation(
    'the type of a parameter',
    edit(PARSE, '(line: string): string[]', '(line: string & {}): string[]'),
    [],
  ),
  mutation('the type of a result', edit(PARSE, '): string[] {', '): Array<string> {'), []),
  mutation('an interface', edit(WEIGH, '  id: string;', '  id: string;\n  extra?: number;'), []),
  mutation(
    'a new type',
    edit(WEIGH, 'class Scale {', 'export type Name = string;\n\nclass Scale {'),
    [],
  ),
  mutation('a readonly', edit(WEIGH, 'grams: number;', 'readonly grams: number;'), []),
  mutation('an assertion of a type', edit(PARSE, "= ',';", "= ',' as string;"), []),
  mutation('a satisfies', edit(PARSE, "= ',';", "= ',' satisfies string;"), []),
  mutation('a non-null assertion', edit(PARSE, 'trimmed(line).split', 'trimmed(line)!.split'), []),
  mutation('an unused function', edit(PARSE, 'toUpperCase', 'toLowerCase'), []),
  mutation(
    'a new unused function',
    edit(
      PARSE,
      'export function unused',
      'function more() {\n  return 1;\n}\n\nexport function unused',
    ),
    [],
  ),
  mutation(
    'a new unused export',
    edit(WEIGH, 'class Scale {', 'export const spare = 1;\n\nclass Scale {'),
    [],
  ),
  mutation(
    'a new module that nothing imports',
    { files: { 'src/lonely.ts': 'export const lonely = 1;\n' } },
    [],
  ),
  mutation(
    'an import of types',
    edit(PARSE, 'import { trimmed }', "import type { Row } from './weigh.ts';\nimport { trimmed }"),
    [],
  ),
  mutation(
    'the order of functions',
    edit(
      WEIGH,
      'export function heavier',
      'export function lighter() {\n  return 0;\n}\n\nexport function heavier',
    ),
    [],
  ),
  mutation(
    'a line moved down in the entry',
    edit(MAIN, 'export const parse', '\n\n\nexport const parse'),
    [],
  ),
  mutation(
    'a task more',
    edit(
      MAIN,
      'export const weigh',
      'export const spare = env.task(async () => 1);\n\nexport const weigh',
    ),
    [],
  ),
  mutation(
    'the accessibility of a member',
    edit(WEIGH, 'constructor(readonly factor', 'constructor(public readonly factor'),
    [],
  ),
  mutation(
    'an overload',
    edit(
      WEIGH,
      'export function heavier',
      'export function heavier(row: Row, factor: number): number;\nexport function heavier',
    ),
    [],
  ),
];

/** Edits of what a task reaches. */
const reached: readonly Mutation[] = [
  mutation(
    'the body of a task',
    edit(
      MAIN,
      'values.reduce((sum, value) => sum + value, 0)',
      'values.reduce((sum, value) => sum + value, 1)',
    ),
    ['total', 'main'],
  ),
  mutation(
    'the body of a task, with an equal result',
    edit(MAIN, 'sum + value, 0)', 'value + sum, 0)'),
    ['total'],
  ),
  mutation(
    'a helper',
    edit(PARSE, 'trimmed(line).split(SEPARATOR)', 'trimmed(line).split(SEPARATOR).slice(0)'),
    ['parse'],
  ),
  mutation(
    'a helper, with another result',
    edit(PARSE, '.split(SEPARATOR)', '.split(SEPARATOR).toReversed()'),
    ['parse', 'main'],
  ),
  mutation('a constant of a helper', edit(PARSE, "SEPARATOR = ','", "SEPARATOR = ' '"), [
    'parse',
    'total',
    'main',
  ]),
  mutation(
    'a helper behind two re-exports',
    edit('src/trim/trimmed.ts', 'text.trim()', 'text.trimStart()'),
    ['parse', 'main'],
  ),
  mutation(
    'what a re-export leads to',
    {
      files: {
        'src/trim/index.ts': "export { plain as trimmed } from './plain.ts';\n",
        'src/trim/plain.ts': 'export const plain = (text: string): string => text;\n',
      },
    },
    ['parse', 'main'],
  ),
  mutation(
    'a method of a base class',
    edit(WEIGH, 'row.weight.grams * this.factor', 'row.weight.grams * this.factor * 2'),
    ['weigh', 'main'],
  ),
  mutation('a method of a class', edit(WEIGH, '* 10) / 10', '* 100) / 100'), ['weigh', 'main']),
  mutation(
    'the base of a class',
    edit(WEIGH, 'FineScale extends Scale', 'FineScale extends (Scale)'),
    [],
  ),
  mutation('a member of an enum', edit('src/limits.ts', 'Low = 1', 'Low = 2'), ['limit', 'main']),
  mutation(
    'a member of an enum that the input does not need',
    edit('src/limits.ts', 'High = 9', 'High = 8'),
    ['limit'],
  ),
  mutation('a key of a table', edit('src/limits.ts', 'low: Level.Low', 'lower: Level.Low'), [
    'limit',
    'main',
  ]),
  mutation('an entry of a Map', edit('src/kind.ts', "['a', 'first']", "['a', 'third']"), ['sort']),
  mutation(
    'a function behind a condition',
    edit('src/kind.ts', 'other ${name}', 'another ${name}'),
    ['sort', 'main'],
  ),
  mutation('a template', edit('src/text/title.ts', 'Title of', 'About'), ['label', 'main']),
  mutation(
    'the default of a parameter',
    edit(MAIN, 'row: Row, factor = 1)', 'row: Row, factor = 2)'),
    ['weigh', 'main'],
  ),
  mutation(
    'the name of a parameter',
    edit(
      MAIN,
      'async (line: string) => parseLine(line)',
      'async (text: string) => parseLine(text)',
    ),
    ['parse'],
  ),
  mutation(
    'the name of a local',
    edit(
      'src/kind.ts',
      '(name: string): string {\n  return KINDS.get(name) ?? other(name);',
      '(key: string): string {\n  return KINDS.get(key) ?? other(key);',
    ),
    [],
  ),
  mutation('an operator', edit(MAIN, 'value * 2)', 'value ** 2)'), ['salted', 'main']),
  mutation('a literal', edit(MAIN, "?? 'plain'", "?? 'simple'"), ['mode', 'main']),
  mutation(
    'a regular expression in place of a method',
    edit('src/trim/trimmed.ts', 'text.trim()', "text.replace(/^ +| +$/g, '')"),
    ['parse'],
  ),
  mutation(
    'an arrow function in place of a declaration',
    edit(
      'src/kind.ts',
      'function other(name: string): string {\n  return `other ${name}`;\n}',
      'const other = (name: string): string => `other ${name}`;',
    ),
    ['sort'],
  ),
  mutation(
    'an await',
    edit(MAIN, 'async (name: string) => title(name)', 'async (name: string) => await title(name)'),
    ['label'],
  ),
  mutation(
    'what the entry does with results',
    edit(MAIN, 'names: await names()', 'list: await names()'),
    ['main'],
  ),
  mutation(
    'the concurrency of a map',
    edit(MAIN, 'map(parse, input.lines)', 'map(parse, input.lines, { concurrency: 2 })'),
    ['main'],
  ),
  mutation(
    'calls in another order',
    edit(
      MAIN,
      '    mode: await mode(),\n    region: await region(),',
      '    region: await region(),\n    mode: await mode(),',
    ),
    ['main'],
  ),
  mutation(
    'another call of a task',
    edit(
      MAIN,
      'limit: await limit(input.name)',
      "limit: (await limit(input.name)) + (await limit('high'))",
    ),
    ['limit', 'main'],
  ),
  mutation(
    'a task renamed',
    {
      replaced: [
        [MAIN, 'export const total', 'export const sum'],
        [MAIN, 'await total(', 'await sum('],
      ],
    },
    ['sum', 'main'],
  ),
  mutation(
    'a module renamed',
    {
      files: {
        'src/kind.ts': null,
        'src/sort.ts': 'export const kind = (name: string): string => `other ${name}`;\n',
      },
      replaced: [[MAIN, "'./kind.ts'", "'./sort.ts'"]],
    },
    ['sort'],
  ),
  mutation('data that is imported', { files: { 'src/units.json': '{ "g": 1, "kg": 1001 }\n' } }, [
    'convert',
    'main',
  ]),
  mutation(
    'the layout of data that is imported',
    { files: { 'src/units.json': '{ "g": 1,  "kg": 1000 }\n' } },
    ['convert'],
  ),
];

const ALL = [
  'parse',
  'weigh',
  'limit',
  'label',
  'sort',
  'convert',
  'scaled',
  'settings',
  'optional',
  'names',
  'mode',
  'region',
  'size',
  'salted',
  'blind',
  'boxed',
  'total',
  'main',
];

/** Effects count for everyone (C2); a version stands for its task's code (Q4). */
const effects: readonly Mutation[] = [
  mutation(
    'a patched prototype in the entry',
    edit(
      MAIN,
      'const env =',
      "Object.defineProperty(String.prototype, 'shout', { value: () => 'x' });\n\nconst env =",
    ),
    ALL,
  ),
  mutation(
    'an assignment to a global in a helper',
    edit('src/kind.ts', 'const KINDS', 'Object.assign(globalThis, { kinds: 1 });\n\nconst KINDS'),
    ALL,
  ),
  mutation(
    'a bare import',
    {
      files: { 'src/side.ts': 'Object.assign(globalThis, { side: 1 });\n' },
      replaced: [[MAIN, 'import { kind }', "import './side.ts';\nimport { kind }"]],
    },
    ALL,
  ),
  mutation(
    'a module without effects that is imported and not used',
    {
      files: { 'src/calm.ts': 'export const calm = 1;\n' },
      replaced: [[MAIN, 'import { kind }', "import { calm } from './calm.ts';\nimport { kind }"]],
    },
    [],
  ),
  mutation(
    'a call at top level whose value nobody uses',
    edit('src/kind.ts', 'const KINDS', "const started = Symbol.for('kind');\n\nconst KINDS"),
    [],
  ),
  mutation(
    'a top-level call that may do anything',
    edit('src/kind.ts', 'const KINDS', "console.debug('loaded');\n\nconst KINDS"),
    ALL,
  ),
  mutation(
    'an effect that was there goes',
    {
      before: edit('src/kind.ts', 'const KINDS', "console.debug('loaded');\n\nconst KINDS"),
      replaced: [['src/kind.ts', "console.debug('loaded');\n\n", '']],
    },
    ALL,
  ),
];

export const code: readonly Mutation[] = [...harmless, ...reached, ...effects];
