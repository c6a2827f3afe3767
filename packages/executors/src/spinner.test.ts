import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Spinner } from './spinner.ts';

interface Turning {
  readonly spinner: Spinner;
  /** How often it was asked whether it may turn. */
  readonly asked: () => number;
  readonly passTime: (ms: number) => void;
}

function turning(mayTurn = true): Turning {
  let now = 0;
  let asked = 0;
  const spinner = new Spinner({
    elapsed: () => now,
    mayTurn: () => {
      asked += 1;
      return mayTurn;
    },
  });
  const passTime = (ms: number): void => {
    now += ms;
  };
  return { spinner, asked: () => asked, passTime };
}

/** Waits in vain so often. */
async function fail({ spinner, passTime }: Turning, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    spinner.expect();
    passTime(5);
    await nextTurn();
    await nextTurn();
  }
}

it('the event loop turns while an answer is expected, and no longer than a moment', async () => {
  const wait = turning();
  wait.spinner.expect();
  await nextTurn();
  await nextTurn();
  expect(wait.asked()).toBeGreaterThan(0);
  wait.passTime(5);
  await nextTurn();
  await nextTurn();
  const asked = wait.asked();
  await nextTurn();
  expect(wait.asked()).toBe(asked);
});

it('it does not turn where there is other work', async () => {
  const wait = turning(false);
  wait.spinner.expect();
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  expect(wait.asked()).toBe(1);
});

it('after many answers that came too late it mostly sleeps', async () => {
  const wait = turning();
  await fail(wait, 16);
  const asked = wait.asked();
  for (let time = 0; time < 5; time += 1) {
    wait.spinner.expect();
    await nextTurn();
    await nextTurn();
  }
  expect(wait.asked()).toBe(asked);
});

it('answers in time make it turn again', async () => {
  const wait = turning();
  await fail(wait, 16);
  for (let time = 0; time < 8; time += 1) wait.spinner.expect();
  await nextTurn();
  wait.spinner.arrived();
  wait.passTime(5);
  await nextTurn();
  await nextTurn();
  const asked = wait.asked();
  wait.spinner.expect();
  await nextTurn();
  await nextTurn();
  expect(wait.asked()).toBeGreaterThan(asked);
});
