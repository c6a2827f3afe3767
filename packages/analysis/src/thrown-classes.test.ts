import { describe } from 'vitest';
import { mainEdit, testMutations } from '../test/mutation.ts';
import type { Mutation } from '../test/mutation.ts';

/** The task `a` calls `b`, which calls `c`; the edit is in what stands before them. */
function edit(
  name: string,
  expected: 'hit' | 'miss',
  [before, after]: readonly [string, string],
): Mutation {
  const tasks =
    'export const c = env.task(async () => { throw new E("m") });\n' +
    'export const b = env.task(async () => c());\n' +
    'export const a = env.task(async () => b().catch((error: any) => error.describe()));\n';
  return mainEdit(name, expected, [`${before}\n${tasks}`, `${after}\n${tasks}`]);
}

describe('T4: the class of an error that a task may be thrown is code of that task', () => {
  testMutations([
    edit('a method of the class', 'miss', [
      'class E extends Error { describe() { return 1 } }',
      'class E extends Error { describe() { return 2 } }',
    ]),
    edit('what the class extends', 'miss', [
      'class B extends Error {} class E extends B {}',
      'class B extends Error {} class E extends Error {}',
    ]),
    edit('a helper of a base class', 'miss', [
      'const h = () => 1; class B extends TypeError { describe() { return h() } } ' +
        'class E extends B {}',
      'const h = () => 2; class B extends TypeError { describe() { return h() } } ' +
        'class E extends B {}',
    ]),
    edit('a class that is no error', 'hit', [
      'class B {} class E extends B { constructor(m: string) { super(); console.log(1, m) } }',
      'class B {} class E extends B { constructor(m: string) { super(); console.log(2, m) } }',
    ]),
  ]);
});
