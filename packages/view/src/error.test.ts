import type { Failure, SummaryError } from '@skein/model';
import { expect, test } from 'vitest';
import { renderError } from './error.ts';
import { plain } from './style.ts';

const view = { style: plain, width: 80 };

const error: SummaryError = {
  class: 'ParseError',
  message: 'unexpected "<"',
  fields: { line: 3 },
  task: 'src/parse.ts#parse',
  action: 847,
  inputs: { file: 'a.html', options: { strict: true } },
  stack: [
    'ParseError: unexpected "<"',
    '    at parse (src/parse.ts:12:9)',
    '    at walk (node_modules/parse5/dist/index.js:1:1)',
    '    at main (src/main.ts:30:3)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
  ].join('\n'),
  cause: { class: 'RangeError', message: 'too deep', fields: {}, cause: 'no more' },
};

test('an error is told with its task, inputs by name, own stack lines and causes', () => {
  expect(renderError(error, view)).toMatchInlineSnapshot(`
    "ParseError: unexpected "<"
      line    3
      task    src/parse.ts#parse, action 847
      inputs  file     "a.html"
              options  { strict: true }
      at parse (src/parse.ts:12:9)
      at main (src/main.ts:30:3)
      caused by RangeError: too deep
      caused by "no more""
  `);
});

test('what was refused to a task is told with its facts and its hint', () => {
  const failure: Failure = {
    code: 'call-in-checkpoint',
    kind: 'usage',
    headline: 'snapshot.save was called inside a checkpoint',
    facts: [['checkpoint', 'src/main.ts#fetched']],
    hint: 'call it from the task',
  };
  const message = failure.headline;
  const thrown = { class: 'FailureError', message, fields: { failure }, task: error.task };
  expect(renderError(thrown as SummaryError, view)).toMatchInlineSnapshot(`
    "call-in-checkpoint: snapshot.save was called inside a checkpoint
      checkpoint  src/main.ts#fetched
      task        src/parse.ts#parse
      hint: call it from the task"
  `);
});

test('a library’s stack lines are better than none', () => {
  const stack = 'Error: x\n    at walk (node_modules/parse5/dist/index.js:1:1)';
  const { class: name, message, fields } = error;
  expect(renderError({ class: name, message, fields, stack }, view)).toMatchInlineSnapshot(`
    "ParseError: unexpected "<"
      line  3
      at walk (node_modules/parse5/dist/index.js:1:1)"
  `);
});

test('the failure behind a rejected run is told as a failure', () => {
  const failure = { code: 'syntax-error', kind: 'diagnostic', headline: 'x', facts: [] } as const;
  expect(renderError({ class: 'syntax-error', message: 'x', fields: {}, failure }, view)).toBe(
    'error[syntax-error]: x',
  );
});

test('chains of causes end', () => {
  const cause: { message: string; cause?: unknown } = { message: 'round' };
  cause.cause = cause;
  const lines = renderError({ ...error, cause }, view).split('\n');
  expect(lines.filter((line) => line.includes('caused by'))).toHaveLength(8);
});

test('a message that holds a document is cut, and says by how much', () => {
  const long = renderError({ ...error, message: 'x'.repeat(1_000_000) }, view);
  expect(long.length).toBeLessThan(5000);
  expect(long).toContain('… 996,012 more characters\n');
  expect(long).toContain('  task    src/parse.ts#parse, action 847');
});
