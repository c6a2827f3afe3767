import type { Failure } from '@skein/model';
import { expect, test } from 'vitest';
import { renderFailure, renderFailures } from './failure.ts';
import { coloured, plain } from './style.ts';

const failure: Failure = {
  code: 'task-in-function',
  kind: 'diagnostic',
  headline: 'task "inner" is declared inside a function',
  facts: [
    ['task', '"inner"'],
    ['function', '"outer"'],
  ],
  hint: 'declare it at module level and give it what it needs as an argument',
  place: {
    path: 'src/main.ts',
    line: 12,
    column: 8,
    length: 5,
    source: '\tconst inner = env.task(async () => 1);',
  },
};

test('headline with its code, place with a squiggle, aligned facts, one hint', () => {
  expect(renderFailure(failure, plain)).toMatchInlineSnapshot(`
    "error[task-in-function]: task "inner" is declared inside a function
      src/main.ts:12:8
        12 | 	const inner = env.task(async () => 1);
           | 	      ^^^^^
      task      "inner"
      function  "outer"
      hint: declare it at module level and give it what it needs as an argument"
  `);
});

test('a warning says so, and has no more than it needs', () => {
  const warning: Failure = {
    code: 'lockfile-differs',
    kind: 'warning',
    headline: 'what is installed is not what the lock file says',
    facts: [],
  };
  expect(renderFailures([warning], plain)).toBe(
    'warning[lockfile-differs]: what is installed is not what the lock file says',
  );
});

test('several failures are counted', () => {
  expect(renderFailures([failure, failure], plain).split('\n').slice(-4)).toMatchInlineSnapshot(`
    [
      "  function  "outer"",
      "  hint: declare it at module level and give it what it needs as an argument",
      "",
      "2 errors",
    ]
  `);
});

test('a squiggle never leaves its line', () => {
  const place = { path: 'a.ts', line: 1, column: 3, length: 50, source: 'abcdef' };
  expect(renderFailure({ ...failure, place }, plain)).toContain('1 | abcdef\n      |   ^^^^\n');
});

test('colour changes no character', () => {
  const text = renderFailure(failure, coloured);
  // eslint-disable-next-line no-control-regex
  expect(text.replace(/\u001B\[\d+m/g, '')).toBe(renderFailure(failure, plain));
});
