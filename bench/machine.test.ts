import { expect, test } from 'vitest';
import { describeMachine, type Machine } from './machine.ts';

const cpu = { model: 'Fast 3000 ', speed: 1, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } };
const machine: Machine = {
  cpus: [cpu, cpu],
  memoryBytes: 8_200_000_000,
  system: 'linux 6.1',
  node: '26.10.0',
  load: 0.5,
};

test('the machine is told in one line, and whether it was at work on something else', () => {
  const quiet = '2 cores (Fast 3000), 8 GiB, linux 6.1, Node 26.10.0, load';
  expect(describeMachine(machine)).toBe(`${quiet} 0.5 before the first sample`);
  expect(describeMachine({ ...machine, load: 0.51 })).toBe(
    `${quiet} 0.5 before the first sample: noisy`,
  );
});
