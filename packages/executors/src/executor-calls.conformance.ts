import { expect, test } from 'vitest';
import type { FakeEngine } from '../test/engine.ts';

type Engines = () => FakeEngine;

/** Calls of one action by another. */
export function calls(engine: Engines): void {
  test('an action calls others, through several levels', async () => {
    expect(await engine().run('nested', 4)).toBe(16);
  });

  test('X6: a map of a task gives results in the order of the items', async () => {
    expect(await engine().run('mapped', 700)).toEqual(Array.from({ length: 700 }, (_, i) => 2 * i));
  });

  test('X6: a failed map rejects with the error of the lowest index', async () => {
    expect(await engine().run('mapFailing')).toBe('odd 1');
  });

  test('X6: a settled map gives every outcome', async () => {
    expect(await engine().run('mapSettled')).toEqual(['0', 'odd 1', '4', 'odd 3']);
  });

  test('groups stand at the calls that are made inside', async () => {
    const bench = engine();
    await bench.run('grouped');
    expect(bench.groups).toEqual([[], ['outer'], ['outer', 'inner'], ['outer'], []]);
  });

  test('an override leaves with the call and applies to it', async () => {
    expect(await engine().run('overriding')).toEqual(['none', 'yes']);
  });

  test('X5: a call whose signal aborts rejects, and the engine is told', async () => {
    const bench = engine();
    const result = await bench.ended('aborting');
    expect(bench.abandoned).toEqual(['src/main.ts#aborting 1']);
    expect(result.untraceable).toBe('a call was cancelled');
    expect(decodeText(result)).toContain('CancelledError');
  });
}

function decodeText(result: { readonly outcome: { readonly kind: string } }): string {
  const { outcome } = result as { outcome: { value?: { bytes: Uint8Array } } };
  return Buffer.from(outcome.value?.bytes ?? []).toString('latin1');
}
