import { expect, test } from 'vitest';
import { belongingOf, labelsOf } from './container-labels.ts';

const pool = '/w/.skein/scratch/pool-a';

test.each([
  { pid: 12, startedAt: '1d-f:77', host: 'build-7' },
  { pid: 12, startedAt: 'Tue Nov 24 18:35:44 2026', host: 'build-7' },
])('whose a container is is read as it was written: $startedAt', (owner) => {
  expect(belongingOf(labelsOf({ pool, owner }))).toEqual({ pool, owner });
});

test('one whose owner could not say who it is has none, and others are not ours', () => {
  expect(belongingOf(labelsOf({ pool, owner: undefined }))).toEqual({ pool, owner: undefined });
  expect(belongingOf({ 'dev.skein.owner': '1 2 3' })).toBe(undefined);
});
