import { describe } from 'vitest';
import { mainEdit, testMutations } from '../test/mutation.ts';
import type { Mutation } from '../test/mutation.ts';

/** Edits the task `b` beside the task `a` and others. */
function editOfB(name: string, expected: 'hit' | 'miss', others: string): Mutation {
  const text = (value: number) => `const b = env.task(async () => ${value});\n${others}`;
  return mainEdit(name, expected, [text(1), text(2)]);
}

describe('C3: the code of a task that is forwarded counts wherever the task came from', () => {
  testMutations([
    editOfB(
      'it is an argument',
      'miss',
      'export const a = env.task(async (t: any) => t.forward());\n' +
        'export const c = env.task(async () => a(b));',
    ),
    editOfB(
      'it is the result of another task',
      'miss',
      'export const c = env.task(async () => [b]);\n' +
        'export const a = env.task(async () => (await c())[0]!.forward());',
    ),
    editOfB(
      'a forward of something else, where tasks are only called',
      'hit',
      'export const a = env.task(async (model: any) => model.forward());\n' +
        'export const c = env.task(async () => map(b, []));\n' +
        'export const d = env.task(async () => b());',
    ),
    editOfB(
      'a task that is handed about, where nothing is forwarded',
      'hit',
      'export const a = env.task(async (t: any) => t());\n' +
        'export const c = env.task(async () => a(b));',
    ),
  ]);
});
