import { describe } from 'vitest';
import { CALLS_LIB, testMutations } from '../test/mutation.ts';
import type { Mutation } from '../test/mutation.ts';

/** A workspace package that the task uses one module of, beside one with an effect. */
function declaring(sideEffects: unknown, expected: 'hit' | 'miss', path = 'acts.ts'): Mutation {
  const acts = (value: number) => `console.log(${value}); export const unused = 1;`;
  return {
    name: `${JSON.stringify(sideEffects)} and ${path}`,
    expect: expected,
    files: {
      'src/main.ts':
        CALLS_LIB.replace('./lib.ts', '../packages/p/i.ts') +
        `import { unused } from '../packages/p/${path}';\nexport const b = ` +
        `env.task(async () => unused);\n`,
      'packages/p/package.json': JSON.stringify({ name: '@w/p', type: 'module', sideEffects }),
      'packages/p/i.ts': 'export const f = () => 1;',
      [`packages/p/${path}`]: acts(1),
    },
    edit: { [`packages/p/${path}`]: acts(2) },
  };
}

describe('C2: sideEffects of a package.json says which files count for everyone', () => {
  testMutations([
    declaring(undefined, 'miss'),
    declaring(true, 'miss'),
    declaring(false, 'hit'),
    declaring([], 'hit'),
    declaring(['./acts.ts'], 'miss'),
    declaring(['acts.ts'], 'miss'),
    declaring(['*.css', './other.ts'], 'hit'),
    declaring(['acts.ts'], 'miss', 'deep/acts.ts'),
    declaring(['./acts.ts', './deep/*.js'], 'hit', 'deeper/acts.ts'),
    declaring(['./deep/**'], 'miss', 'deep/er/acts.ts'),
    declaring('./acts.ts', 'miss'),
  ]);
});
