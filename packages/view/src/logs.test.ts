import { expect, test } from 'vitest';
import { logJson, renderLogLines } from './logs.ts';
import { plain } from './style.ts';

const printed = {
  at: 1_204,
  action: 12,
  stream: 'stdout',
  text: 'reading a\n\nreading b\n',
} as const;
const view = { style: plain, startedAt: 0 };

test('PARITY 7: each line of what was printed says when, by whom and where', () => {
  const task = 'src/main.ts#parse';
  const error = { ...printed, at: 61_310, stream: 'stderr', text: 'out of ink' } as const;
  expect(
    [
      ...renderLogLines(printed, { ...view, task }),
      ...renderLogLines(error, { ...view, task }),
    ].join('\n'),
  ).toMatchInlineSnapshot(`
    "  1.204 s  12 parse  | reading a
      1.204 s  12 parse  |
      1.204 s  12 parse  | reading b
     61.310 s  12 parse  ! out of ink"
  `);
});

test('what no single action printed has the name of its process', () => {
  const line = { ...printed, action: 0, text: 'x\r\n', worker: 'worker 2' };
  expect(renderLogLines(line, view)).toEqual(['  1.204 s  worker 2  | x']);
  const { worker: _, ...unnamed } = line;
  expect(renderLogLines(unnamed, view)).toEqual(['  1.204 s  process  | x']);
});

test('the JSON of a piece has the time of day', () => {
  expect(logJson(printed, 'src/main.ts#parse')).toEqual({
    at: '1970-01-01T00:00:01.204Z',
    action: 12,
    task: 'src/main.ts#parse',
    worker: null,
    stream: 'stdout',
    text: 'reading a\n\nreading b\n',
  });
});
