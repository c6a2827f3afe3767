import { expect, test } from 'vitest';
import { loadRow } from './load-row.ts';

const request = (startedMs: number, endedMs: number) => ({ startedMs, endedMs });

test('a load takes from the first request of any client to the last answer of any', () => {
  const shares = [
    { requests: [request(100, 110), request(110, 140)], bytes: 3_000 },
    { requests: [request(90, 290)], bytes: 1_000 },
  ];
  expect(loadRow('puts', { shares, things: 30 })).toEqual({
    work: 'puts',
    clients: 2,
    requests: 3,
    things: 30,
    thingsPerSecond: 150,
    bytesPerSecond: 20_000,
    p50Ms: 30,
    p99Ms: 200,
    wallMs: 200,
  });
});

test('a load that did nothing has no row', () => {
  expect(() => loadRow('puts', { shares: [], things: 0 })).toThrow('"puts" did nothing');
});
