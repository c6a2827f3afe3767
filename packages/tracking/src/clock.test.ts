import os from 'node:os';
import { performance as imported, PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';
import { types } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { impuritiesOf, openTracked } from '../test/tracked.ts';
import type { Tracked } from '../test/tracked.ts';

let tracked: Tracked;
/** The author's: written while `Date` is observed. */
let LaterDate: new (...args: [] | [number]) => Date;
beforeAll(() => {
  tracked = openTracked();
  LaterDate = class extends Date {};
});
afterAll(() => tracked.close());

interface Present {
  instant(): unknown;
  plainDateISO(): unknown;
  plainDateTimeISO(): unknown;
  plainTimeISO(): unknown;
  zonedDateTimeISO(): unknown;
}
const temporal = (): Present => (Reflect.get(globalThis, 'Temporal') as { Now: Present }).Now;

const CLOCKS: Readonly<Record<string, () => unknown>> = {
  'Date.now()': () => Date.now(),
  'Date()': () => Date(),
  'new Date()': () => new Date(),
  'performance.now()': () => performance.now(),
  'performance.timeOrigin': () => imported.timeOrigin,
  'performance.nodeTiming': () => imported.nodeTiming.duration,
  'performance.mark()': () => imported.mark('a'),
  'performance.toJSON()': () => imported.toJSON(),
  'performanceObserver.observe()': () => {
    const observer = new PerformanceObserver(() => undefined);
    observer.observe({ entryTypes: ['mark'] });
    observer.disconnect();
  },
  'process.hrtime()': () => process.hrtime(),
  'process.hrtime.bigint()': () => process.hrtime.bigint(),
  'process.uptime()': () => process.uptime(),
  'process.cpuUsage()': () => process.cpuUsage(),
  'process.availableMemory()': () => process.availableMemory(),
  'os.cpus()': () => os.cpus(),
  'os.freemem()': () => os.freemem(),
  'os.loadavg()': () => os.loadavg(),
  'os.uptime()': () => Number(os.uptime),
  'Intl.DateTimeFormat.format()': () => new Intl.DateTimeFormat('en').format(),
  'Intl.DateTimeFormat.formatToParts()': () => new Intl.DateTimeFormat('en').formatToParts(),
  'event.timeStamp': () => new Event('x').timeStamp,
  'file.lastModified': () => new File([], 'x').lastModified,
  'Temporal.Now.instant()': () => temporal().instant(),
  'Temporal.Now.plainDateISO()': () => temporal().plainDateISO(),
  'Temporal.Now.plainDateTimeISO()': () => temporal().plainDateTimeISO(),
  'Temporal.Now.plainTimeISO()': () => temporal().plainTimeISO(),
  'Temporal.Now.zonedDateTimeISO()': () => temporal().zonedDateTimeISO(),
};

describe('O8: a clock is an impurity of the action that reads it', () => {
  test.each(Object.entries(CLOCKS))('%s', async (what, read) => {
    const [reader, other] = await Promise.all([
      tracked.act(async () => {
        await Promise.resolve();
        return read();
      }),
      tracked.act(async () => {
        await Promise.resolve();
        await Promise.resolve();
      }),
    ]);
    expect(impuritiesOf(reader)).toEqual([`clock ${what}`]);
    expect(reader.seen.impurities[0]?.at).toBe('clock.test.ts');
    expect(reader.error).toBeUndefined();
    expect(impuritiesOf(other)).toEqual([]);
  });

  test.each([
    ['a subclass', () => new LaterDate(), 'new Date()'],
    ['Reflect.construct', () => Reflect.construct(Date, []) as Date, 'new Date()'],
    [
      'the constructor of a date',
      () => new (new Date(0).constructor as typeof Date)(),
      'new Date()',
    ],
    ['Date called with arguments', () => (Date as (x: number) => string)(1), 'Date()'],
    ['a context of its own', () => vm.runInNewContext('Date.now()') as number, 'Date.now()'],
    [
      'a context made before',
      () => vm.runInContext('new Date()', vm.createContext({})) as Date,
      'new Date()',
    ],
    [
      'a script in a new context',
      () => new vm.Script('new Date()').runInNewContext() as Date,
      'new Date()',
    ],
  ])('through %s', async (_, read, what) => {
    expect(impuritiesOf(await tracked.act(read))).toEqual([`clock ${what}`]);
  });

  test('told once, the first time', async () => {
    const acted = await tracked.act(() => [Date.now(), Date.now(), new Date(), Date.now()]);
    expect(impuritiesOf(acted)).toEqual(['clock Date.now()', 'clock new Date()']);
  });
});

test('O8: dates that are made of something are pure', async () => {
  const format = new Intl.DateTimeFormat('en', { timeZone: 'UTC' });
  const acted = await tracked.act(() => [
    [
      new Date(5).getTime(),
      new Date(2020, 1).getFullYear(),
      new LaterDate(7).getTime(),
      Number.isNaN(new Date(undefined as unknown as number).getTime()),
      Date.parse('2020-01-01T00:00:00Z'),
      Date.UTC(1970, 0),
      structuredClone(new Date(6)).getTime(),
    ],
    [
      format.format(0),
      format.formatToParts(0).length,
      new Date(0).toISOString(),
      process.memoryUsage().rss > 0,
    ],
  ]);
  expect(acted.value).toEqual([
    [5, 2020, 7, true, 1_577_836_800_000, 0, 6],
    ['1/1/1970', 5, '1970-01-01T00:00:00.000Z', true],
  ]);
  expect(impuritiesOf(acted)).toEqual([]);
});

test('O8: a date is what it was', () => {
  const date = new Date(5);
  for (const it of [date, structuredClone(date), deserialize(serialize(date)) as Date]) {
    expect(it).toBeInstanceOf(Date);
    expect(it.constructor).toBe(Date);
    expect(Object.getPrototypeOf(it)).toBe(Date.prototype);
    expect(types.isDate(it)).toBe(true);
  }
  const later = new LaterDate(5);
  expect(later).toBeInstanceOf(LaterDate);
  expect(later).toBeInstanceOf(Date);
  expect(types.isDate(later)).toBe(true);
  expect([Date.name, Date.length, typeof Date]).toEqual(['Date', 7, 'function']);
  expect(Date.toString()).toContain('[native code]');
  expect(Date.now.name).toBe('now');
  const format = new Intl.DateTimeFormat('en', { timeZone: 'UTC' });
  expect([0, 1].map((it) => format.format(it))).toEqual(['1/1/1970', '1/1/1970']);
  expect(Reflect.get(format, 'format')).toBe(Reflect.get(format, 'format'));
});

test('O8: where nobody watches a clock is a clock', () => {
  expect(Math.abs(Date.now() - new Date().getTime())).toBeLessThan(10_000);
  expect(typeof Date()).toBe('string');
});
