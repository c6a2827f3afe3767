import { expect, test } from 'vitest';
import type { Observation } from '@skein/model';
import { tellAfterOthers } from './after-others.ts';
import type { AttemptResult } from './executor.ts';

const file: Observation = { kind: 'file', path: 'out/a.txt', digest: null };
const variable: Observation = { kind: 'variable', name: 'A', digest: null };

function ended(...seen: readonly Observation[]): AttemptResult {
  const error = { kind: 'error', digest: '' as never, bytes: new Uint8Array(), fault: 'author' };
  const outcome = error as Extract<AttemptResult, { kind: 'ended' }>['outcome'];
  return { kind: 'ended', outcome, waves: [seen], log: null, impurities: [], durationMs: 0 };
}

test('O5: who read a file is heard after those who said that they write', async () => {
  const told: string[] = [];
  tellAfterOthers(ended(variable, file), () => told.push('reader'));
  await new Promise((resolve) => setImmediate(resolve));
  told.push('writer');
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(['writer', 'reader']);
});

test('who read nothing is heard at once', () => {
  const told: string[] = [];
  tellAfterOthers(ended(variable), () => told.push('ended'));
  tellAfterOthers({ kind: 'stopped', reason: 'timeout' }, () => told.push('stopped'));
  expect(told).toEqual(['ended', 'stopped']);
});
