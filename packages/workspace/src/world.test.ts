import { digestOf, encode, inputDigest } from '@skein/values';
import type { Stamp } from '@skein/model';
import { MemoryTraces } from '@skein/store';
import { expect, it } from 'vitest';
import { fileStamps, observedVariable } from './world.ts';

const KNOWN = { stamp: '1:2:3:4:5' as Stamp, digest: digestOf('blob', 'a') };

it('C8: what is known of a file is kept from run to run, by its path', () => {
  const store = new MemoryTraces();
  fileStamps(store, true).write('/a/b', KNOWN);
  const later = fileStamps(store, true);
  expect(later.read('/a/b')).toEqual(KNOWN);
  expect(later.read('/a/c')).toBe(undefined);
});

it('a run that leaves nothing behind keeps no stamps, and uses those that there are', () => {
  const store = new MemoryTraces();
  fileStamps(store, true).write('/a/b', KNOWN);
  const readOnly = fileStamps(store, false);
  readOnly.write('/a/c', KNOWN);
  expect([readOnly.read('/a/b'), readOnly.read('/a/c')]).toEqual([KNOWN, undefined]);
});

it('P4: a stamp that cannot be read is none', () => {
  const store = { keep: () => undefined, kept: () => new Uint8Array([1, 2, 3]) };
  expect(fileStamps(store, true).read('/a/b')).toBe(undefined);
});

it('O6: a variable is what a worker reads, a fact about the machine what the machine says', () => {
  const opened = { environment: { MODE: 'fast', CI: '1' } };
  expect(observedVariable(opened, 'MODE')).toBe(inputDigest(encode('fast')));
  expect(observedVariable(opened, 'OTHER')).toBe(null);
  expect(observedVariable(opened, 'CI')).toBe(null);
  expect(observedVariable(opened, 'os.hostname')).toEqual(expect.any(String));
});
