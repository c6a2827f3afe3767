import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { hostCapacity, visibleGpus } from './capacity.ts';

const machine = (visible: string | undefined) => ({
  state: tmpdir(),
  environment: { CUDA_VISIBLE_DEVICES: visible },
});

test.each([
  [undefined, undefined],
  ['', []],
  ['-1', []],
  ['2,0', ['2', '0']],
  ['1, GPU-8a,MIG-x/1,-1,3', ['1', 'GPU-8a', 'MIG-x/1']],
  ['NoDevFiles', []],
])('X2: CUDA_VISIBLE_DEVICES is read as CUDA reads it: %s', (variable, names) => {
  expect(visibleGpus(variable)).toEqual(names);
});

test('X2: the configuration says which gpus there are, else the environment', () => {
  const gpus = (wanted: number | readonly string[] | undefined): readonly string[] =>
    hostCapacity({ tokens: {}, ...(wanted !== undefined && { gpus: wanted }) }, machine('4,5'))
      .gpus;
  expect(gpus(undefined)).toEqual(['4', '5']);
  expect(gpus(1)).toEqual(['4']);
  expect(gpus(3)).toEqual(['0', '1', '2']);
  expect(gpus(['GPU-a'])).toEqual(['GPU-a']);
});

test('X2: disk is what the file system of the state has free', () => {
  const { diskBytes, memoryBytes, cpu } = hostCapacity({ tokens: {} }, machine(''));
  expect(diskBytes).toBeGreaterThan(0);
  expect(diskBytes).toBeLessThan(Number.MAX_SAFE_INTEGER);
  expect(memoryBytes).toBeGreaterThan(0);
  expect(cpu).toBeGreaterThan(0);
});
