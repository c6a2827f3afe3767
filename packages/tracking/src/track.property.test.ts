import crypto from 'node:crypto';
import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTracked } from '../test/tracked.ts';
import type { Tracked } from '../test/tracked.ts';

let tracked: Tracked;
beforeAll(() => {
  tracked = openTracked();
});
afterAll(() => tracked.close());

/** What an action may do, and what is then seen of it. */
const STEPS: Readonly<Record<string, { readonly run: () => unknown; readonly seen?: string }>> = {
  now: { run: () => Date.now(), seen: 'Date.now()' },
  date: { run: () => new Date(), seen: 'new Date()' },
  pure: { run: () => new Date(1) },
  random: { run: () => Math.random(), seen: 'Math.random()' },
  bytes: { run: () => crypto.randomBytes(2), seen: 'crypto.randomBytes()' },
  later: {
    run: () => new Promise((done) => setImmediate(() => done(performance.now()))),
    seen: 'performance.now()',
  },
  called: {
    run: () => new Promise((done) => crypto.randomFill(Buffer.alloc(2), () => done(os.uptime()))),
    seen: 'crypto.randomFill(),os.uptime()',
  },
  host: { run: () => os.hostname(), seen: 'os.hostname' },
  microtask: { run: () => Promise.resolve() },
  turn: { run: () => new Promise(setImmediate) },
  timer: { run: () => pause(0) },
};

const steps = fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 12 });

test('O8 O9: each of 64 actions at once is told of what it did, and of nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 64 }), async (actions) => {
      const acted = await Promise.all(
        actions.map((names) =>
          tracked.act(async () => {
            for (const name of names) await STEPS[name]?.run();
          }),
        ),
      );
      const seen = acted.map(({ seen: { impurities, observations } }) =>
        [
          ...impurities.map((it) => it.what),
          ...new Set(observations.map((it) => (it.kind === 'variable' ? it.name : it.kind))),
        ].sort(),
      );
      const expected = actions.map((names) =>
        [...new Set(names.flatMap((name) => STEPS[name]?.seen?.split(',') ?? []))].sort(),
      );
      expect(seen).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});
