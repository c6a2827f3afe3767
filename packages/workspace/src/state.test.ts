import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openState } from './state.ts';
import { systemClock, systemRandomness } from './system.ts';

test('D2: what is to survive a power cut is synced from then on, and not before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-state-'));
  const options = { clock: systemClock, randomness: systemRandomness, warn: () => undefined };
  const opened = openState(folder, options);
  if (!opened.ok) throw new Error(opened.failure.headline);
  const state = opened.value;
  const synchronous = (): unknown => state.db.prepare('pragma synchronous').get()?.['synchronous'];
  expect(synchronous()).toBe(1);
  state.endure('power');
  expect(synchronous()).toBe(2);
  state.endure('process');
  expect(synchronous()).toBe(1);
  state.close();
  rmSync(folder, { recursive: true });
});
