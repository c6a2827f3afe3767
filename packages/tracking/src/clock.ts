import os from 'node:os';
import perfHooks from 'node:perf_hooks';
import process from 'node:process';
import { asking } from './patches.ts';
import type { Patches } from './patches.ts';
import type { Reporter } from './report-impurity.ts';

/** A holder, what authors call it, and names of its own properties. */
type Named = readonly [holder: object | undefined, called: string, names: readonly string[]];

/**
 * Has every reading of a clock reported (O8), and of what the machine measures from moment to
 * moment: load, free memory, used time. What a process says of its own memory is no clock: no
 * result is made of it.
 */
export function trackClock(patches: Patches, { impure: report }: Reporter): void {
  for (const [holder, called, names] of clockCalls()) {
    for (const name of names) {
      const what = `${called}.${name}()`;
      if (holder !== undefined) patches.beforeCall(holder, name, () => report('clock', what));
    }
  }
  for (const [holder, called, names] of clockProperties()) {
    for (const name of names) {
      const what = `${called}.${name}`;
      if (holder !== undefined) patches.beforeRead(holder, name, () => report('clock', what));
    }
  }
  trackRealmClock(patches, report, globalThis);
}

/** What a realm of its own has of the clock, such as a context of `node:vm`. */
export interface Realm {
  readonly Date: DateConstructor;
  readonly Intl: typeof Intl;
  readonly Temporal?: { readonly Now: object };
}

/** `Date`, `Temporal.Now` and `Intl`, as each realm has them. */
export function trackRealmClock(patches: Patches, report: Reporter['impure'], realm: Realm): void {
  const now = realm.Temporal?.Now;
  for (const name of now === undefined ? [] : TEMPORAL) {
    const what = `Temporal.Now.${name}()`;
    if (now !== undefined) patches.beforeCall(now, name, () => report('clock', what));
  }
  patches.beforeCall(realm.Date, 'now', () => report('clock', 'Date.now()'));
  // Dates that are made of something are pure; `Date()` takes the clock whatever it is given.
  const observed = asking(realm.Date, (args, _, isNew) => {
    if (!isNew) report('clock', 'Date()');
    else if (args.length === 0) report('clock', 'new Date()');
  });
  // A date's constructor is the Date that authors see.
  patches.replace(realm.Date.prototype, 'constructor', () => observed);
  patches.replace(realm, 'Date', () => observed);
  trackFormat(patches, report, realm.Intl.DateTimeFormat.prototype);
}

/** A format without a date formats the present moment. `format` is bound to its formatter. */
function trackFormat(
  patches: Patches,
  report: Reporter['impure'],
  prototype: Intl.DateTimeFormat,
): void {
  const note = (args: readonly unknown[], name: string): void => {
    if (args[0] === undefined) report('clock', `Intl.DateTimeFormat.${name}()`);
  };
  patches.beforeCall(prototype, 'formatToParts', (args) => note(args, 'formatToParts'));
  const own = Object.getOwnPropertyDescriptor(prototype, 'format');
  if (own?.get === undefined) return;
  const bound = new WeakMap<object, object>();
  const { get: read } = own as { readonly get: () => Intl.DateTimeFormat['format'] };
  const get = new Proxy(read, {
    apply: (target, self) => {
      const format = Reflect.apply(target, self, []);
      let known = bound.get(format);
      if (known === undefined) {
        known = asking(format, (args) => note(args, 'format'));
        bound.set(format, known);
      }
      return known;
    },
  });
  patches.define(prototype, 'format', { ...own, get });
}

const TEMPORAL = [
  'instant',
  'plainDateISO',
  'plainDateTimeISO',
  'plainTimeISO',
  'zonedDateTimeISO',
] as const;

function clockCalls(): readonly Named[] {
  const { Performance, PerformanceObserver } = perfHooks;
  const measured = ['now', 'mark', 'measure', 'toJSON', 'eventLoopUtilization'];
  const entries = ['getEntries', 'getEntriesByName', 'getEntriesByType'];
  return [
    [Performance.prototype, 'performance', [...measured, ...entries]],
    [PerformanceObserver.prototype, 'performanceObserver', ['observe']],
    [perfHooks, 'perf_hooks', ['monitorEventLoopDelay']],
    [process.hrtime, 'process.hrtime', ['bigint']],
    [process, 'process', ['hrtime', 'uptime', 'cpuUsage', 'threadCpuUsage', 'resourceUsage']],
    [process, 'process', ['availableMemory']],
    [process.report, 'process.report', ['getReport', 'writeReport']],
    [os, 'os', ['cpus', 'freemem', 'loadavg', 'uptime']],
  ];
}

function clockProperties(): readonly Named[] {
  return [
    [perfHooks.Performance.prototype, 'performance', ['timeOrigin', 'nodeTiming']],
    [Event.prototype, 'event', ['timeStamp']],
    // Unless the author says otherwise, the moment at which the file was made.
    [File.prototype, 'file', ['lastModified']],
  ];
}
