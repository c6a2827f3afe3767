import { describe } from 'vitest';
import { CALLS_LIB, libEdit, testMutations } from '../test/mutation.ts';
import type { Mutation } from '../test/mutation.ts';

const PUSHES = "const seen: string[] = []; seen.push('a');";
const READ_N = 'const n = seen.length; export const f = () => n;';

const noticed: Mutation[] = [
  libEdit('two additions to one key', 'miss', [
    'const t: any = {}; t.a = 1; t.a = 2; export const f = () => t.a;',
    'const t: any = {}; t.a = 2; t.a = 1; export const f = () => t.a;',
  ]),
  libEdit('a value that is read before it is assigned again', 'miss', [
    'let x = 1; const y = x; x = 2; export const f = () => y;',
    'let x = 1; x = 2; const y = x; export const f = () => y;',
  ]),
  libEdit('a value that is read behind an effect', 'miss', [
    `const seen: string[] = []; seen.push('a'); ${READ_N}`,
    `const seen: string[] = []; ${READ_N} seen.push('a');`,
  ]),
  {
    name: 'imports of a module with effects and of one that sees them',
    expect: 'miss',
    files: {
      'src/main.ts': `import './sees.ts';\nimport './acts.ts';\n${importsN()}`,
      'src/list.ts': 'export const list: string[] = [];',
      'src/acts.ts': "import { list } from './list.ts';\nlist.push('x');",
      'src/sees.ts': "import { list } from './list.ts';\nexport const n = list.length;",
    },
    edit: { 'src/main.ts': `import './acts.ts';\nimport './sees.ts';\n${importsN()}` },
  },
];

function importsN(): string {
  return "import { n } from './sees.ts';\nexport const a = env.task(async () => n);\n";
}

const unnoticed: Mutation[] = [
  libEdit('values that read nothing but constants', 'hit', [
    `${PUSHES} const P = 1; const Q = [P]; const R = [P]; export const f = () => [Q, R];`,
    `${PUSHES} const P = 1; const R = [P]; const Q = [P]; export const f = () => [Q, R];`,
  ]),
  libEdit('a function behind an effect', 'hit', [
    `${PUSHES} function g() { return seen } export const f = () => g();`,
    `function g() { return seen } ${PUSHES} export const f = () => g();`,
  ]),
  libEdit('an addition to something else', 'hit', [
    'const t: any = {}; const u: any = {}; u.b = 1; t.a = 1; export const f = () => t.a;',
    'const t: any = {}; const u: any = {}; t.a = 1; u.b = 1; export const f = () => t.a;',
  ]),
];

describe('C2: the order of evaluation counts where it can be noticed', () => {
  testMutations(noticed);
});

describe('C2: the order of evaluation does not count where nothing shows it', () => {
  testMutations(unnoticed);
});

const DROPPABLE = '{ "name": "@w/p", "type": "module", "exports": "./i.ts", "sideEffects": false }';

function droppable(name: string, expected: 'hit' | 'miss', index: string): Mutation {
  return {
    name,
    expect: expected,
    files: {
      'src/main.ts':
        CALLS_LIB.replace('./lib.ts', '../packages/p/i.ts') +
        "import { unused } from '../packages/q/i.ts';\nexport const b = env.task(unused);\n",
      'packages/p/package.json': DROPPABLE,
      'packages/p/i.ts': index,
      'packages/p/list.ts': 'export const list = new Map<string, number>();',
      'packages/p/acts.ts': "import { list } from './list.ts';\nlist.set('a', 1);",
      'packages/q/package.json': DROPPABLE.replace('@w/p', '@w/q'),
      'packages/q/i.ts': 'console.log(1);\nexport async function unused() {}',
    },
    edit: {},
  };
}

const REGISTRY = 'const list = new Map<string, number>();\nexport const f = () => list;\n';

describe('C2: what a module that may be dropped does counts for who uses the module', () => {
  testMutations([
    {
      ...droppable('its own effects', 'miss', `${REGISTRY}list.set('a', 1);`),
      edit: { 'packages/p/i.ts': `${REGISTRY}list.set('a', 2);` },
    },
    {
      ...droppable(
        'effects of what it imports for them',
        'miss',
        "import './acts.ts';\nimport { list } from './list.ts';\nexport const f = () => list;",
      ),
      edit: { 'packages/p/acts.ts': "import { list } from './list.ts';\nlist.set('a', 2);" },
    },
    {
      ...droppable('effects of one that the task does not use', 'hit', REGISTRY),
      edit: { 'packages/q/i.ts': 'console.log(2);\nexport async function unused() {}' },
    },
  ]);
});
