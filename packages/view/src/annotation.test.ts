import type { Failure, SummaryError } from '@skein/model';
import { expect, test } from 'vitest';
import { annotationsOf, githubCommand } from './annotation.ts';

const failure: Failure = {
  code: 'task-in-function',
  kind: 'diagnostic',
  headline: 'task "inner" is declared inside a function',
  facts: [['task', '"inner"']],
  hint: 'declare it at module level',
  place: { path: 'src/main.ts', line: 3, column: 9, length: 5, source: '  const inner = 1;' },
};
const warning: Failure = { code: 'impure', kind: 'warning', headline: 'it is impure', facts: [] };

const error: SummaryError = {
  class: 'ParseError',
  message: 'at 100 %: unexpected, "<"',
  fields: {},
  task: 'src/parse.ts#parse',
  inputs: { file: 'a.html' },
  stack: [
    'ParseError: at 100 %: unexpected, "<"',
    '    at walk (node_modules/parse5/dist/index.js:1:1)',
    '    at parse (src/a folder/parse.ts:12:9)',
    '    at async src/main.ts:30:3',
  ].join('\n'),
};

/** What stands on one line, at the ends of its lines. */
function linesOf(command = ''): readonly string[] {
  return command.split(/(?<=%0A)|(?<=[^:]::)/);
}

const none = { failures: [], error: null, warnings: [] };
const [thrown] = annotationsOf({ ...none, error });

test('an error stands where the author’s code threw it', () => {
  expect(thrown?.place).toEqual({ path: 'src/a folder/parse.ts', line: 12, column: 9 });
  expect(linesOf(thrown && githubCommand(thrown, 'app/parse.ts'))).toMatchInlineSnapshot(`
    [
      "::error file=app/parse.ts,line=12,col=9,title=src/parse.ts#parse%3A ParseError::",
      "ParseError: at 100 %25: unexpected, "<"%0A",
      "  task    src/parse.ts#parse%0A",
      "  inputs  file  "a.html"%0A",
      "  at parse (src/a folder/parse.ts:12:9)%0A",
      "  at async src/main.ts:30:3",
    ]
  `);
});

test.each([
  ['Error\n    at async src/main.ts:30:3', { path: 'src/main.ts', line: 30, column: 3 }],
  ['Error\n    at src/main.ts:30:3', { path: 'src/main.ts', line: 30, column: 3 }],
  ['Error\n    at async f (src/(a)/b.ts:1:2)', undefined],
  ['Error\n    at walk (node_modules/a/b.js:1:1)', undefined],
  ['Error\n    at new Promise (<anonymous>)', undefined],
  ['Error', undefined],
])('of %j the place is %j', (stack, place) => {
  const [annotation] = annotationsOf({ ...none, error: { ...error, stack } });
  expect(annotation?.place).toEqual(place);
});

test('a diagnostic stands at its place, a warning is one', () => {
  const all = annotationsOf({ failures: [failure], error, warnings: [warning] });
  expect(all.map((one) => linesOf(githubCommand(one, one.place?.path)))).toMatchInlineSnapshot(`
    [
      [
        "::error file=src/main.ts,line=3,col=9,title=task-in-function::",
        "error[task-in-function]: task "inner" is declared inside a function%0A",
        "  task  "inner"%0A",
        "  hint: declare it at module level",
      ],
      [
        "::warning title=impure::",
        "warning[impure]: it is impure",
      ],
    ]
  `);
});

test('an annotation of what lies outside the repository has no place', () => {
  const [annotation] = annotationsOf({ ...none, failures: [failure] });
  expect(annotation && githubCommand(annotation, undefined)).toMatch(/^::error title=task-in/);
});

test('nothing that is told can end the command or begin another one', () => {
  const hostile = 'x\r\n::add-mask::y\n::stop-commands::z\r::set-output a=b::%0A\u2028\u001b[1m';
  const [annotation] = annotationsOf({
    ...none,
    failures: [{ ...failure, headline: hostile, code: hostile as Failure['code'] }],
  });
  const line = annotation && githubCommand(annotation, `a:b,c${hostile}`);
  expect(line).not.toMatch(/[\r\n\u2028\u001b]/);
  const [, properties = ''] = /^::error ([^:]*)::/.exec(line ?? '') ?? [];
  expect(properties.split(',').map((property) => property.split('=')[0])).toEqual([
    'file',
    'line',
    'col',
    'title',
  ]);
  expect(line).toContain('%250A');
});

test('of many ten of each level are told: GitHub shows no more in a step', () => {
  const failures = Array.from({ length: 30 }, () => failure);
  const warnings = Array.from({ length: 30 }, () => warning);
  const levels = annotationsOf({ failures, error: null, warnings }).map(({ level }) => level);
  expect(levels.filter((level) => level === 'error')).toHaveLength(10);
  expect(levels.filter((level) => level === 'warning')).toHaveLength(10);
});

test('a message that holds a document is cut', () => {
  const [annotation] = annotationsOf({
    ...none,
    failures: [{ ...failure, headline: 'x'.repeat(100_000) }],
  });
  expect((annotation && githubCommand(annotation, undefined))?.length).toBeLessThan(4_200);
});
