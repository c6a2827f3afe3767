import os from 'node:os';
import process from 'node:process';
import { encode, inputDigest } from '@skein/values';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { impuritiesOf, openTracked } from '../test/tracked.ts';
import type { Tracked } from '../test/tracked.ts';
import { hostFact, hostFactDigest } from './host-facts.ts';

let tracked: Tracked;
beforeAll(() => {
  tracked = openTracked();
});
afterAll(() => tracked.close());

const FACTS: Readonly<Record<string, () => unknown>> = {
  'os.hostname': () => os.hostname(),
  'os.userInfo': () => os.userInfo(),
  'os.networkInterfaces': () => os.networkInterfaces(),
  'os.release': () => os.release(),
  'os.version': () => os.version(),
  'os.machine': () => os.machine(),
  'os.totalmem': () => os.totalmem(),
  'os.availableParallelism': () => os.availableParallelism(),
  'process.constrainedMemory': () => process.constrainedMemory(),
  'process.getuid': () => process.getuid?.(),
  'process.getgroups': () => process.getgroups?.(),
};

test.each(Object.entries(FACTS))('O6: %s is observed as a variable', async (name, read) => {
  const [reader, other] = await Promise.all([tracked.act(read), tracked.act(() => undefined)]);
  expect(reader.error).toBeUndefined();
  expect(reader.seen.observations).toEqual([
    { kind: 'variable', name, digest: hostFactDigest(name) },
  ]);
  expect(reader.seen.throughs).toEqual([null]);
  expect(reader.value).toEqual(hostFact(name));
  expect(other.seen.observations).toEqual([]);
});

test('O6: the number of cores is observed under one name, whoever tells it', async () => {
  const acted = await tracked.act(() => navigator.hardwareConcurrency);
  expect(acted.seen.observations).toEqual([
    {
      kind: 'variable',
      name: 'os.availableParallelism',
      digest: hostFactDigest('os.availableParallelism'),
    },
  ]);
});

test('O6: a host fact has the digest that a variable of its value has', async () => {
  expect(hostFactDigest('os.hostname')).toBe(inputDigest(encode(os.hostname())));
  expect(hostFactDigest('HOME')).toBeUndefined();
  expect(hostFact('HOME')).toBeUndefined();
  const acted = await tracked.act(() => String(os.hostname));
  expect(acted.seen.observations).toHaveLength(1);
});

test('O6: what the platform says, or is handed on, is no observation', async () => {
  const acted = await tracked.act(() => [
    [os.platform(), os.arch(), os.endianness(), os.homedir(), os.tmpdir(), os.EOL],
    [process.version, process.cwd(), process.argv.length, process.title],
  ]);
  expect(acted.seen.observations).toEqual([]);
  expect(impuritiesOf(acted)).toEqual([]);
});
