import type { KeyBase } from '@skein/engine';
import type { Platform } from '@skein/model';
import { describeChange } from '@skein/view';
import { digestOf } from '@skein/values';
import { expect, test } from 'vitest';
import { MAIN, PLATFORM } from '../test/recorded-runs.ts';
import { keyChanges } from './key-changes.ts';
import type { Variant } from './last-executions.ts';

const SIGNATURE = { parameters: [], rest: false, ignored: [] };
const CODE = { kind: 'digest', digest: digestOf('code', 'a') } as const;

function variant(more: Partial<KeyBase>): Variant {
  const base = { format: 1, task: MAIN, code: CODE, variables: [], platform: PLATFORM } as const;
  return { identity: MAIN, base: { ...base, ...more }, parts: [], signature: SIGNATURE };
}

function changed(before: Partial<KeyBase>, now: Partial<KeyBase>): readonly string[] {
  return keyChanges(variant(before), variant(now), () => undefined).map(describeChange);
}

const on = (platform: Platform): Partial<KeyBase> => ({ platform });
const declared = (digest: string): Partial<KeyBase> =>
  on({ ...PLATFORM, image: { digest, applied: false, name: 'acme/x:1' } });
const inside = (digest: string, node?: string): Partial<KeyBase> =>
  on({
    image: { digest, applied: true, name: 'acme/x:1' },
    ...(node === undefined ? {} : { node }),
  });
const program = (name: string, text?: string): Partial<KeyBase> => ({
  program: { name, digest: text === undefined ? null : digestOf('blob', text) },
});

test('Q6: the machine by its fields', () => {
  const moved = on({ ...PLATFORM, node: '26.2.0', arch: 'arm64' });
  expect(changed({}, moved)).toEqual(['node 26.1.0 → 26.2.0', 'arch x64 → arm64']);
});

test('Q6: an image by its tag and both digests', () => {
  expect(changed(inside('sha256:a'), inside('sha256:b'))).toEqual([
    'image acme/x:1 sha256:a → sha256:b',
  ]);
  expect(changed(declared('sha256:a'), declared('sha256:b'))).toEqual([
    'image acme/x:1 sha256:a → sha256:b (not applied)',
  ]);
});

test('Q6: a move into an image is told alone, whatever else it brings along', () => {
  const python = program('python3', '3.13');
  expect(changed(python, inside('sha256:a', '26.2.0'))).toEqual([
    'ran on this machine, now in image acme/x:1 sha256:a',
  ]);
  expect(changed(inside('sha256:a'), { ...declared('sha256:a'), ...python })).toEqual([
    'ran in image acme/x:1 sha256:a, now on this machine',
  ]);
});

test('Q6: Skein’s own Node in an image that has none', () => {
  expect(changed(inside('sha256:a', '26.1.0'), inside('sha256:a', '26.2.0'))).toEqual([
    "Skein's own node 26.1.0 → 26.2.0",
  ]);
  // Whether it has one follows from what it is.
  expect(changed(inside('sha256:a', '26.1.0'), inside('sha256:b'))).toEqual([
    'image acme/x:1 sha256:a → sha256:b',
  ]);
});

test('Q6: the program of a command task, as this machine has it', () => {
  const python = program('python3', '3.13');
  expect(changed(python, program('python3', '3.14'))).toEqual(['program python3 changed']);
  expect(changed(python, program('python3'))).toEqual(['program python3 is gone']);
  expect(changed(program('python3'), python)).toEqual(['program python3 is new']);
});
