import { encode, inputDigest } from '@skein/values';
import { expect, test } from 'vitest';
import type { RunEvent } from '@skein/model';
import {
  T0,
  actionFinished,
  actionStarted,
  errorOf,
  resultOf,
  runFinished,
  runStarted,
} from '../test/sample.ts';
import { foldRun } from './fold.ts';
import type { RunState } from './run-state.ts';

function mustFold(...events: RunEvent[]): RunState {
  const state = foldRun([runStarted('a'), ...events], false);
  if (state === undefined) throw new Error('no state');
  return state;
}

test('children stand in the order of their call, whatever order they were recorded in', () => {
  const { actions, roots } = mustFold(
    actionStarted(1, 0),
    actionStarted(4, 1),
    actionFinished(4, 1),
    actionFinished(3, 1, { verdict: { kind: 'reuse', reason: { kind: 'found' } } }),
    actionFinished(2, 1),
    actionFinished(1, 0),
  );
  expect(roots).toEqual([1]);
  expect([...actions.keys()]).toEqual([1, 2, 3, 4]);
  expect(actions.get(1)?.children).toEqual([2, 3, 4]);
});

test('X8: total = executed + reused + adopted, failed is part of executed', () => {
  const reused = { kind: 'reuse', reason: { kind: 'found' } } as const;
  const { overview } = mustFold(
    actionFinished(1, 0),
    actionFinished(2, 1, { outcome: errorOf('no') }),
    actionFinished(3, 1, { verdict: reused, outcome: errorOf('kept') }),
    actionFinished(4, 1, { verdict: { kind: 'adopt', reason: { kind: 'found' } } }),
    actionStarted(5, 1),
  );
  expect(overview.counts).toEqual({ total: 4, executed: 2, reused: 1, adopted: 1, failed: 1 });
});

test('X8: calls of an unlisted action belong to the nearest listed caller', () => {
  const { actions, roots } = mustFold(
    actionStarted(1, 0),
    actionStarted(4, 3),
    actionFinished(4, 3),
    { kind: 'action-passed', at: T0, action: 3, parent: 2 },
    { kind: 'action-passed', at: T0, action: 2, parent: 1 },
  );
  expect(roots).toEqual([1]);
  expect(actions.get(1)?.children).toEqual([4]);
  expect(actions.get(4)?.parent).toBe(1);
});

test('attempts keep their worker, times and outcomes; the last ends with the action', () => {
  const failed = errorOf('flaky');
  const result = resultOf('fine');
  const { actions } = mustFold(
    actionStarted(1, 0),
    { kind: 'attempt-started', at: T0 + 1, action: 1, attempt: 1, worker: 'w1' },
    { kind: 'attempt-failed', at: T0 + 2, action: 1, attempt: 1, outcome: failed, retryInMs: 500 },
    { kind: 'attempt-started', at: T0 + 502, action: 1, attempt: 2, worker: 'w2' },
    actionFinished(1, 0, { at: T0 + 510, attempts: 2, outcome: result }),
  );
  expect(actions.get(1)?.attempts).toEqual([
    {
      attempt: 1,
      worker: 'w1',
      startedAt: T0 + 1,
      endedAt: T0 + 2,
      outcome: failed,
      retryInMs: 500,
    },
    { attempt: 2, worker: 'w2', startedAt: T0 + 502, endedAt: T0 + 510, outcome: result },
  ]);
});

test('what an action printed, was given and observed is kept with it', () => {
  const bytes = encode('input');
  const inputs = [{ digest: inputDigest(bytes), bytes }];
  const impurities = [{ kind: 'clock', what: 'Date.now', at: 'src/main.ts:3' }] as const;
  const { actions } = mustFold(
    actionStarted(1, 0, { inputs, groups: ['outer', 'inner'] }),
    { kind: 'action-logged', at: T0 + 1, action: 1, stream: 'stderr', text: 'hm\n' },
    actionFinished(1, 0, { impurities, traced: false, untraced: 'it wrote "out.txt"' }),
  );
  expect(actions.get(1)).toMatchObject({
    inputs,
    groups: ['outer', 'inner'],
    logs: [{ at: T0 + 1, stream: 'stderr', text: 'hm\n' }],
    impurities,
    traced: false,
    untraced: 'it wrote "out.txt"',
    startedAt: T0 + 1,
  });
});

test('R7: without its end a run is interrupted, or running while its process lives', () => {
  const events = [runStarted('a'), actionStarted(1, 0)];
  expect(foldRun(events, false)?.overview.status).toBe('interrupted');
  expect(foldRun(events, true)?.overview.status).toBe('running');
});

test('the end of a run has the last word on status, counts and outcome', () => {
  const end = runFinished({ status: 'failed', outcome: errorOf('no'), thrower: 1 });
  const state = mustFold(actionFinished(1, 0), end);
  expect(state.overview).toMatchObject({ status: 'failed', durationMs: 1_000, counts: end.counts });
  expect(state).toMatchObject({ outcome: end.outcome, thrower: 1, lastAt: end.at });
});

test('events without the beginning of a run are no run', () => {
  expect(foldRun([actionStarted(1, 0)], false)).toBeUndefined();
});
