import { digestOf } from '@skein/values';
import type { RunEvent, TaskId } from '@skein/model';
import { expect, test } from 'vitest';
import { actionFinished, actionStarted, runStarted } from '../test/sample.ts';
import { entryAction } from './entry-action.ts';
import { foldRun } from './fold.ts';

const main = 'src/main.ts#main' as TaskId;
const inputs = [{ digest: digestOf('value', 'given') }];
const other = [{ digest: digestOf('value', 'other') }];
const started = runStarted('one', { task: main, inputs });

function entryIn(events: readonly RunEvent[]): number | undefined {
  const state = foldRun(events, false);
  if (state === undefined) throw new Error('no run is begun');
  return entryAction(state)?.action;
}

test('R7: the entry is found, whatever became an action before it', () => {
  const child = actionFinished(1, 9, { task: 'src/main.ts#child' as TaskId, inputs });
  const itself = actionStarted(2, 9, { task: main, inputs: other });
  const entry = actionStarted(3, 0, { task: main, inputs });
  expect(entryIn([started, child, itself, entry])).toBe(3);
});

test('R7: a run that died while its entry was checked has none', () => {
  const child = actionFinished(1, 9, { task: 'src/main.ts#child' as TaskId, inputs });
  const itself = actionStarted(2, 9, { task: main, inputs: other });
  expect(entryIn([started, child, itself])).toBeUndefined();
  expect(entryIn([started])).toBeUndefined();
});

test('an earlier record does not say what its entry was called with: its task tells it', () => {
  const { inputs: _, ...before } = started;
  const child = actionFinished(1, 9, { task: 'src/main.ts#child' as TaskId });
  const entry = actionStarted(2, 0, { task: main });
  expect(entryIn([before, child, entry])).toBe(2);
});
