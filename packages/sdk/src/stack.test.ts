import { expect, test } from 'vitest';
import { authorFrames, joinStacks, recordedStack } from './stack.ts';

const own = import.meta.url;
const stack = [
  'Error: first line',
  'second line at 3',
  '    at parse (file:///w/src/parse.ts:3:9)',
  '    at /w/packages/sdk/src/theirs.ts:1:2',
  `    at call (${own}:3:9)`,
  '    at new Promise (<anonymous>)',
  '    at async Promise.all (index 0)',
  '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
  '    at async file:///w/src/main.ts:8:3',
].join('\n');

test("an author's frames are those with a place, outside of Node and of Skein", () => {
  expect(authorFrames(stack)).toEqual([
    '    at parse (file:///w/src/parse.ts:3:9)',
    '    at /w/packages/sdk/src/theirs.ts:1:2',
    '    at async file:///w/src/main.ts:8:3',
  ]);
});

test('the headline is kept whole, and a stack without frames too', () => {
  expect(recordedStack(stack).split('\n').slice(0, 3)).toEqual([
    'Error: first line',
    'second line at 3',
    '    at parse (file:///w/src/parse.ts:3:9)',
  ]);
  expect(recordedStack('Error: no frames')).toBe('Error: no frames');
});

test('without a call site nothing is joined', () => {
  expect(joinStacks('Error: e', undefined)).toBe('Error: e');
});
