import { expect, test } from 'vitest';
import { attemptEvent, finishedEvent, startedEvent, taskId } from '../test/example-run.ts';
import { Tally } from './tally.ts';

test('X8: total = executed + reused + adopted, and failed is part of executed', () => {
  const tally = new Tally();
  tally.observe(startedEvent({ action: 1, parent: 0, task: 'main' }));
  tally.observe(startedEvent({ action: 2, task: 'parse' }));
  tally.observe(startedEvent({ action: 3, task: 'parse' }));
  tally.observe(attemptEvent(2));
  tally.observe(finishedEvent({ action: 2, task: 'parse', fails: true, durationMs: 20 }));
  tally.observe(finishedEvent({ action: 4, task: 'parse', reused: true }));
  expect(tally.counts).toEqual({ total: 2, executed: 1, reused: 1, adopted: 0, failed: 1 });
  expect([tally.open, tally.running]).toEqual([2, 0]);
});

test('a repeated attempt does not run twice', () => {
  const tally = new Tally();
  tally.observe(startedEvent({ action: 1, parent: 0, task: 'main' }));
  tally.observe(attemptEvent(1));
  tally.observe(attemptEvent(1));
  expect(tally.running).toBe(1);
  tally.observe(finishedEvent({ action: 1, parent: 0, task: 'main' }));
  expect([tally.running, tally.open]).toEqual([0, 0]);
});

test('a task that calls others is known by its calls, reused ones too', () => {
  const tally = new Tally();
  tally.observe(startedEvent({ action: 1, parent: 0, task: 'main' }));
  tally.observe(finishedEvent({ action: 2, task: 'parse', reused: true }));
  const calls = tally.tasks().map(({ task, calls }) => [task, calls]);
  expect(calls).toEqual([
    [taskId('main'), true],
    [taskId('parse'), false],
  ]);
});

test('reasons are counted, the most frequent first', () => {
  const tally = new Tally();
  const changed = { kind: 'child-changed', task: 'src/main.ts#parse' } as const;
  tally.observe(finishedEvent({ action: 1, task: 'train', reason: changed }));
  tally.observe(finishedEvent({ action: 2, task: 'parse' }));
  tally.observe(finishedEvent({ action: 3, task: 'parse' }));
  const text = 'its call of src/main.ts#parse has another outcome';
  expect(tally.reasons()).toEqual([
    { name: 'never executed before', count: 2 },
    { name: 'child changed', count: 1, example: { task: taskId('train'), text } },
  ]);
});
