import { describe } from 'vitest';
import { CALLS_LIB, testMutations } from '../test/mutation.ts';
import type { Files } from '../test/workspace.ts';

function installed(name: string, code: string): Files {
  const manifest = { name, version: '1.0.0', type: 'module', main: 'index.js' };
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify(manifest),
    [`node_modules/${name}/index.js`]: code,
  };
}

const F1 = 'export const f = () => 1;';
const F2 = 'export const f = () => 2;';
const MAIN = { 'src/main.ts': CALLS_LIB.replace('./lib.ts', './barrel.ts') };

describe('C1: a name is found behind any export star', () => {
  testMutations([
    {
      name: 'beside a module that re-exports a package',
      expect: 'miss',
      files: {
        ...MAIN,
        ...installed('first', 'export const g = 1;'),
        'src/barrel.ts': "export * from './vendor.ts';\nexport * from './lib.ts';",
        'src/vendor.ts': "export * from 'first';",
        'src/lib.ts': F1,
      },
      edit: { 'src/lib.ts': F2 },
    },
    {
      name: 'in the second of two packages',
      expect: 'miss',
      files: {
        ...MAIN,
        ...installed('first', 'export const g = 1;'),
        ...installed('second', F1),
        'src/barrel.ts': "export * from 'first';\nexport * from 'second';",
      },
      edit: installed('second', F2),
    },
    {
      name: 'in a circle of stars that was entered elsewhere before',
      expect: 'miss',
      files: {
        'src/main.ts':
          "import { f } from './x.ts';\nimport { f as g } from './barrel.ts';\n" +
          'export const z = env.task(async () => f());\n' +
          'export const a = env.task(async () => g());\n',
        'src/x.ts': "export * from './barrel.ts';\nexport * from './lib.ts';",
        'src/barrel.ts': "export * from './x.ts';",
        'src/lib.ts': F1,
      },
      edit: { 'src/lib.ts': F2 },
    },
    {
      name: 'a module that only stands beside it',
      expect: 'hit',
      files: {
        ...MAIN,
        ...installed('first', 'export const g = 1;'),
        'src/barrel.ts': "export * from 'first';\nexport * from './lib.ts';",
        'src/lib.ts': F1,
      },
      edit: installed('first', 'export const g = 2;'),
    },
  ]);
});
