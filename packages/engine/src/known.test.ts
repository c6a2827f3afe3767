import { expect, it } from 'vitest';
import { digestOf } from '@skein/values';
import type { ActionKey } from '@skein/model';
import { Known } from './known.ts';

function verified(bytes: number): Parameters<Known['set']>[1] {
  const value = { at: 'inline', bytes: new Uint8Array(bytes) } as const;
  const digest = digestOf('value', value.bytes);
  return { outcome: { kind: 'result', digest, value }, at: 0, impurities: [] };
}

function key(name: string): ActionKey {
  return digestOf('key', name) as ActionKey;
}

it('what was used last is remembered, and no more than there is room for', () => {
  const known = new Known();
  const megabyte = 1024 * 1024;
  for (let index = 0; index < 20; index += 1) known.set(key(`${index}`), verified(megabyte));
  expect(known.get(key('0'))).toBeDefined();
  for (let index = 20; index < 30; index += 1) known.set(key(`${index}`), verified(megabyte));
  expect(known.get(key('0'))).toBeDefined();
  expect(known.get(key('1'))).toBeUndefined();
  expect(known.get(key('29'))).toBeDefined();
});

it('one result that is larger than the room is not remembered', () => {
  const known = new Known();
  known.set(key('large'), verified(30 * 1024 * 1024));
  expect(known.get(key('large'))).toBeUndefined();
});

it('W3: nothing is left after it was cleared', () => {
  const known = new Known();
  known.set(key('a'), verified(1));
  known.clear();
  expect(known.get(key('a'))).toBeUndefined();
});
