import { expect, test } from 'vitest';
import { CHAIN, Machine, OUTSIDE, WIDE } from '../test/far-machine.ts';
import { FarStore } from '../test/far-store.ts';
import { planScripted } from '../test/planned.ts';
import type { Program } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

test('a plan knows what others made, and fetches no result', async () => {
  const far = new FarStore();
  await new Machine(far).run(WIDE);
  const near = stores();
  const client = far.client(near);
  const plan = await planScripted(WIDE, near, { entry: 'main', far: client });
  expect(plan.counts).toMatchObject({ execute: 0, unknown: 0 });
  expect(client.finds.length).toBeLessThanOrEqual(3);
  expect(client.brought).toBe(0);
});

test('a plan says of an edited callee that it would execute, its inputs being far', async () => {
  const far = new FarStore();
  await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const edited = { ...CHAIN, right: { ...CHAIN['right'], code: '2' } } as Program;
  const near = stores();
  const plan = await planScripted(edited, near, {
    entry: 'main',
    args: [1],
    outside: OUTSIDE(),
    far: far.client(near),
  });
  expect(plan.counts).toEqual({ execute: 1, reuse: 1, unknown: 1 });
});
