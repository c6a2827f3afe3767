import { expect, test } from 'vitest';
import { JsonLog } from './log.ts';

test('lines come out whole and in order, however little is taken at a time', async () => {
  const out: Buffer[] = [];
  const log = new JsonLog((bytes) => {
    out.push(Buffer.from(bytes.subarray(0, 7)));
    return Promise.resolve(Math.min(7, bytes.length));
  });
  log.write({ n: 1 });
  log.write({ n: 2, text: 'ä' });
  log.write({ n: 3 });
  await log.flush();
  expect(Buffer.concat(out).toString('utf8')).toBe('{"n":1}\n{"n":2,"text":"ä"}\n{"n":3}\n');
});

test('a reader that takes nothing costs lines, and no more than a mebibyte', async () => {
  const stuck = Promise.withResolvers<number>();
  let taken = 0;
  const log = new JsonLog((bytes) => {
    taken = bytes.length;
    return stuck.promise;
  });
  for (let n = 0; n < 3_000; n += 1) log.write({ n, text: 'x'.repeat(1_000) });
  expect(log.dropped()).toBeGreaterThan(1_900);
  stuck.resolve(taken);
  await Promise.resolve();
});

test('a log that cannot be written stops nobody', async () => {
  const log = new JsonLog(() => Promise.reject(new Error('EPIPE')));
  log.write({ n: 1 });
  await log.flush();
  log.write({ n: 2 });
  await log.flush();
  expect(log.dropped()).toBe(2);
});
