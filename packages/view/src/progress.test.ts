import { expect, test } from 'vitest';
import { attemptEvent, finishedEvent, startedEvent } from '../test/example-run.ts';
import type { ProgressRequest } from './progress.ts';
import { plain } from './style.ts';
import { Tally } from './tally.ts';
import { frame } from './live.ts';
import { watch } from './watch.ts';

/** A stream, a clock and a ticker that the test drives. */
function stage(isTerminal: boolean, expected?: number) {
  const written: string[] = [];
  const ticks: (() => void)[] = [];
  let now = 0;
  const tally = new Tally();
  const request: ProgressRequest = {
    stream: { write: (text) => written.push(text), columns: 80, rows: 24 },
    isTerminal,
    style: plain,
    clock: { now: () => now, elapsed: () => now },
    tally,
    title: 'src/main.ts#main',
    expected: () => expected,
    every: (_, tick) => {
      ticks.push(tick);
      return () => ticks.splice(ticks.indexOf(tick), 1);
    },
  };
  const pass = (ms: number): void => {
    now += ms;
    for (const tick of ticks) tick();
  };
  return { written, ticks, tally, pass, progress: watch(request) };
}

function finishMany(tally: Tally, from: number, to: number): void {
  for (let action = from; action < to; action += 1) {
    tally.observe(finishedEvent({ action, task: 'features', reused: action % 10 === 0 }));
  }
}

test('without a terminal: a plain line every few seconds of work', () => {
  const { written, tally, pass, progress, ticks } = stage(false, 10_000);
  finishMany(tally, 2, 3_122);
  tally.observe(startedEvent({ action: 4_000, task: 'features' }));
  tally.observe(attemptEvent(4_000));
  pass(5_000);
  pass(5_000);
  progress.print('warning: x');
  progress.stop();
  expect(written.join('')).toMatchInlineSnapshot(`
    "5.0 s: actions 3,120 done, 312 reused, 1 running, 624/s, about 11.0 s left
    10.0 s: actions 3,120 done, 312 reused, 1 running, 179/s, about 38.5 s left
    warning: x
    "
  `);
  expect(ticks).toEqual([]);
});

test('without a terminal: a short run writes no line', () => {
  const { written, progress, tally } = stage(false);
  finishMany(tally, 2, 10);
  progress.stop();
  expect(written).toEqual([]);
});

test('on a terminal: what runs now, by task', () => {
  const tally = new Tally();
  tally.observe(startedEvent({ action: 1, parent: 0, task: 'main' }));
  tally.observe(attemptEvent(1));
  finishMany(tally, 2, 2_402);
  for (let action = 5_000; action < 5_064; action += 1) {
    tally.observe(startedEvent({ action, task: 'features' }));
    if (action % 2 === 0) tally.observe(attemptEvent(action));
  }
  tally.observe(finishedEvent({ action: 9, task: 'features', fails: true }));
  const pace = { perSecond: 1_204.4, left: { ms: 6_300, whole: true } };
  const view = { tally, pace, style: plain, width: 80, elapsedMs: 2_000 };
  expect(frame({ title: '⠋ src/main.ts#main', ...view })).toMatchInlineSnapshot(`
    "⠋ src/main.ts#main  2.0 s
      33 running · 2,401 done · 240 reused · 1 failed · 1,204/s · about 6.3 s left
      main      1 running
      features  32 running, 32 waiting, 2,401 done, 1 failed"
  `);
});

test('on a terminal: nothing live is left behind, and printed text stays', async () => {
  const { written, pass, progress } = stage(true);
  await import('log-update');
  await Promise.resolve();
  pass(100);
  pass(100);
  progress.print('[train] epoch 1');
  progress.stop();
  const text = written.join('');
  expect(text).toContain('src/main.ts#main');
  expect(text).toContain('[train] epoch 1\n');
  // The last thing written erases the lines that were live, moving up.
  expect(written.at(-1)?.replaceAll('\u001B[', '<')).toMatch(/^(?:<2K(?:<1A)?)+<G$/);
});
