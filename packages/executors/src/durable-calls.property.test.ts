import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { DURABLE_NAMES, DURABLE_SOURCE } from '../test/durable-pipeline.ts';
import { FakeEngine, FakeRecord, reveal } from '../test/engine.ts';
import { createInline } from './create.ts';
import type { BundleLocation, Executor } from './executor.ts';

vi.setConfig({ testTimeout: 60_000 });

let shop: Workshop;
let executor: Executor;
let bundle: BundleLocation;

beforeAll(() => {
  shop = openWorkshop();
  bundle = shop.bundle(DURABLE_NAMES, DURABLE_SOURCE);
  executor = createInline({ state: shop.state, environment: {}, warn: () => undefined });
});

afterAll(async () => {
  await executor.close();
  shop.remove();
});

const label = fc.constantFrom('x', 'y', '');
const leaf = fc.oneof(
  fc.tuple(label),
  fc.constant(['uuid'] as const),
  fc.array(label, { maxLength: 3 }).map((labels) => ['both', ...labels] as const),
);
const step = fc.oneof(
  { weight: 3, arbitrary: leaf },
  fc.array(leaf, { maxLength: 3 }).map((steps) => ['nest', ...steps] as const),
);

test('R4: whatever was drawn stays drawn, wherever attempts end', async () => {
  const plan = fc.record({
    steps: fc.array(step, { maxLength: 8 }),
    ends: fc.array(fc.nat(8), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ steps, ends }) => {
      const engine = new FakeEngine(executor, bundle);
      const record = new FakeRecord();
      const attempts: unknown[][] = [];
      for (const end of [...ends, steps.length]) {
        const result = await engine.attempt('playing', [steps, end], { record });
        if (result.kind !== 'ended') throw new Error(result.kind);
        attempts.push(reveal(result.outcome) as unknown[]);
      }
      const whole = attempts.at(-1) ?? [];
      expect(whole).toHaveLength(steps.length);
      for (const drawn of attempts) expect(drawn).toEqual(whole.slice(0, drawn.length));
      const draws = record.names.filter((name) => name.startsWith('draw'));
      expect(engine.log).toHaveLength(draws.length);
    }),
    { numRuns: 60 },
  );
});
