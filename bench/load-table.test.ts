import { expect, test } from 'vitest';
import { renderLoad, renderLoadMarkdown } from './load-table.ts';

const rows = [
  {
    work: 'entries put, 50 a request',
    clients: 32,
    requests: 400,
    things: 20_000,
    thingsPerSecond: 4_321.4,
    bytesPerSecond: 2_500_000,
    p50Ms: 12.34,
    p99Ms: 99.96,
    wallMs: 4_628,
  },
];
const memory = { beforeBytes: 80 << 20, peakSmallBytes: 150 << 20, peakBytes: 160 << 20 };
const said =
  'resident memory of the serving process: 80 MiB before, at most 150 MiB with the small things, ' +
  '160 MiB with the large artifact too';

test('the table of a load has a line for each work, and the memory below', () => {
  expect(renderLoad(rows, memory)).toBe(
    [
      'work                       clients  requests  things/s  MB/s  p50      p99       whole',
      'entries put, 50 a request  32       400       4,321     2.5   12.3 ms  100.0 ms  4.63 s',
      '',
      said,
    ].join('\n'),
  );
});

test('for a document it is a table of Markdown', () => {
  expect(renderLoadMarkdown(rows, memory)).toBe(
    [
      '| work | clients | requests | things/s | MB/s | p50 | p99 | whole |',
      '|---|---|---|---|---|---|---|---|',
      '| entries put, 50 a request | 32 | 400 | 4,321 | 2.5 | 12.3 ms | 100.0 ms | 4.63 s |',
      '',
      said,
    ].join('\n'),
  );
});
