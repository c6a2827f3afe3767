import type { RunId } from '@skein/model';
import { expect, test } from 'vitest';
import { gcJson, pinsJson, renderGc, renderPins } from './gc-report.ts';
import type { GcReport } from './gc.ts';
import { plain } from './style.ts';

const NONE = { running: 0, pinned: 0, unfinished: 0, kept: 0, young: 0 };
const RUN = '20261124-054405-1a2b3c' as RunId;

const REPORT: GcReport = {
  dryRun: false,
  removed: new Map([
    ['runs', { count: 1, bytes: 34_100 }],
    ['artifacts', { count: 1_204, bytes: 1_200_000_000 }],
  ]),
  runs: [RUN],
  stay: { ...NONE, pinned: 3, young: 14 },
  busy: [],
  waiting: { count: 0, bytes: 0 },
  sizeBytes: { before: 3_400_000_000, after: 2_200_000_000 },
};

test('what was removed is told by kind, with what stays', () => {
  expect(renderGc(REPORT, plain)).toMatchInlineSnapshot(`
    "removed 1 run, 1.2 GB in all
      runs                1, 34.1 kB
      artifacts       1,204, 1.2 GB
      runs that stay  3 pinned, 14 younger
      size            3.4 GB → 2.2 GB"
  `);
});

test('what stays because somebody works with the state is told with what to do', () => {
  const report = { ...REPORT, busy: [4_711], waiting: { count: 12, bytes: 3_000 } };
  expect(renderGc({ ...report, dryRun: true }, plain)).toMatchInlineSnapshot(`
    "would remove 1 run, 1.2 GB in all
      runs                1, 34.1 kB
      artifacts       1,204, 1.2 GB
      runs that stay  3 pinned, 14 younger
      stays for now   12, 3 kB
      in use by       process 4711
      size            3.4 GB → 2.2 GB
      hint: what nothing names any more goes when nobody works with the state: run it again then"
  `);
});

test('a size that is not come to is told with what stands in the way', () => {
  const report = {
    ...REPORT,
    removed: new Map(),
    runs: [],
    maxSizeBytes: 1_000_000,
    stay: { ...NONE, unfinished: 1 },
  };
  expect(renderGc(report, plain)).toMatchInlineSnapshot(`
    "nothing had to be removed
      runs that stay  1 unfinished
      size            3.4 GB → 2.2 GB
      max size        1 MB, not reached
      hint: unfinished runs stay until they are resumed; or --unfinished"
  `);
});

test('a program gets every kind, also those that nothing was removed of', () => {
  expect(gcJson({ ...REPORT, maxSizeBytes: 5_000_000_000 })).toMatchInlineSnapshot(`
    {
      "aside": null,
      "busy": [],
      "dryRun": false,
      "maxSizeBytes": 5000000000,
      "reached": true,
      "removed": {
        "artifacts": {
          "bytes": 1200000000,
          "count": 1204,
        },
        "bundles": {
          "bytes": 0,
          "count": 0,
        },
        "caches": {
          "bytes": 0,
          "count": 0,
        },
        "databases": {
          "bytes": 0,
          "count": 0,
        },
        "files": {
          "bytes": 0,
          "count": 0,
        },
        "runs": {
          "bytes": 34100,
          "count": 1,
        },
        "scratch": {
          "bytes": 0,
          "count": 0,
        },
        "traces": {
          "bytes": 0,
          "count": 0,
        },
        "values": {
          "bytes": 0,
          "count": 0,
        },
      },
      "runs": [
        "20261124-054405-1a2b3c",
      ],
      "sizeBytes": {
        "after": 2200000000,
        "before": 3400000000,
      },
      "stay": {
        "kept": 0,
        "pinned": 3,
        "running": 0,
        "unfinished": 0,
        "young": 14,
      },
      "waiting": {
        "bytes": 0,
        "count": 0,
      },
    }
  `);
});

test('pins are listed with their age', () => {
  const pins = [{ run: RUN, at: Date.UTC(2026, 10, 24) }];
  const now = Date.UTC(2026, 10, 27);
  expect(renderPins(pins, { style: plain, now })).toBe(`${RUN}  pinned 3 d ago`);
  expect(renderPins([], { style: plain, now })).toBe('no run is pinned');
  expect(pinsJson(pins)).toEqual({ pins: [{ run: RUN, at: '2026-11-24T00:00:00.000Z' }] });
});
