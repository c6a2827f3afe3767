import { digestOf } from '@skein/values';
import type { AdoptionSummary, Reason, RunId } from '@skein/model';
import { expect, test } from 'vitest';
import { describeMade, describeResumed } from './adoption.ts';

function symbol(name: string): Reason {
  return { kind: 'key-changed', changes: [{ kind: 'symbol', module: 'src/a.ts', name, ...SIDES }] };
}

const SIDES = { before: digestOf('symbol', '1'), after: digestOf('symbol', '2') };
const FILE: Reason = {
  kind: 'observation-changed',
  before: { kind: 'file', path: 'data.json', digest: digestOf('value', 'a') },
  after: digestOf('value', 'b'),
};

function made(...reasons: readonly Reason[]): AdoptionSummary {
  const madeByEarlier = reasons.length;
  return { adopted: 10, madeByEarlier, made: reasons.map((reason) => ({ reason, actions: 1 })) };
}

test('R2: how much was adopted of which run, and what of it earlier code made', () => {
  const run = '20261124-054405-1a2b3c' as RunId;
  expect(describeResumed({ run, ...made() })).toBe('10 of run 20261124-054405-1a2b3c');
  expect(describeResumed({ run, ...made(symbol('f')) })).toBe(
    '10 of run 20261124-054405-1a2b3c: 1 by earlier code: src/a.ts#f changed',
  );
});

test('R2: files are data, and both together are both', () => {
  expect(describeMade(made(FILE))).toBe('1 from earlier data: file data.json changed');
  expect(describeMade(made(FILE, symbol('f')))).toBe(
    '2 by earlier code or data: file data.json changed, src/a.ts#f changed',
  );
  expect(describeMade(made({ kind: 'code-unknown' }))).toBe(
    '1 by earlier code: code that is not on record any more',
  );
});

test('R2: a handful is named, each once, and the others counted', () => {
  const all = ['a', 'b', 'c', 'd', 'e', 'f', 'f'].map(symbol);
  expect(describeMade(made(...all))).toBe(
    '7 by earlier code: src/a.ts#a changed, src/a.ts#b changed, src/a.ts#c changed, ' +
      'src/a.ts#d changed and 2 more',
  );
});
