import type { RunId, RunStatus } from '@skein/model';
import { describe, expect, test } from 'vitest';
import { type GcPolicy, type RunFacts, chooseRuns } from './gc-policy.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const POLICY: GcPolicy = { olderThanMs: 30 * DAY, keep: 0, unfinished: false };

function run(name: string, day: number, more: Partial<RunFacts> = {}): RunFacts {
  return {
    run: name as RunId,
    status: 'succeeded',
    startedAt: day * DAY,
    durationMs: 1_000,
    ...more,
  };
}

function resumed(from: string): Pick<RunFacts, 'origin'> {
  return { origin: { kind: 'resume', run: from as RunId } };
}

function choose(
  runs: readonly RunFacts[],
  policy: Partial<GcPolicy> = {},
  pinned: readonly string[] = [],
): Readonly<Record<string, string>> {
  const given = { now: NOW, pinned: new Set(pinned as RunId[]) };
  const { go, stay } = chooseRuns(runs, { ...POLICY, ...policy }, given);
  return Object.fromEntries([...go.map((name) => [name, 'go']), ...stay]) as never;
}

test('runs that ended longer ago go, whenever they began', () => {
  const long = run('long', 60, { durationMs: 11 * DAY });
  expect(choose([run('old', 60), long, run('new', 90)])).toEqual({
    old: 'go',
    long: 'young',
    new: 'young',
  });
});

test('W4: a run of the future is young', () => {
  expect(choose([run('future', 200)])).toEqual({ future: 'young' });
});

test('the newest so many stay, of those that could go', () => {
  const runs = [run('a', 1), run('b', 2), run('c', 3, { status: 'failed' }), run('d', 4)];
  expect(choose(runs, { keep: 1 })).toEqual({ a: 'go', b: 'go', c: 'unfinished', d: 'kept' });
  expect(choose(runs, { keep: 9 })).toMatchObject({ a: 'kept', b: 'kept', d: 'kept' });
});

test('what runs, and what is pinned, stays', () => {
  const runs = [run('running', 1, { status: 'running' }), run('pinned', 1)];
  const all = { olderThanMs: 0, unfinished: true };
  expect(choose(runs, all, ['pinned'])).toEqual({ running: 'running', pinned: 'pinned' });
});

describe('R3: unfinished runs', () => {
  const ENDS: readonly RunStatus[] = ['failed', 'cancelled', 'interrupted'];

  test.each(ENDS)('that are %s stay with all they went on from', (status) => {
    const runs = [
      run('first', 1, { status: 'failed' }),
      run('second', 2, { status, ...resumed('first') }),
      run('other', 3),
    ];
    expect(choose(runs)).toEqual({ first: 'unfinished', second: 'unfinished', other: 'go' });
    expect(choose(runs, { unfinished: true })).toEqual({ first: 'go', second: 'go', other: 'go' });
  });

  test('go once a run that went on from them succeeded', () => {
    const runs = [
      run('first', 1, { status: 'failed' }),
      run('second', 2, { status: 'interrupted', ...resumed('first') }),
      run('third', 3, resumed('second')),
    ];
    expect(choose(runs)).toEqual({ first: 'go', second: 'go', third: 'go' });
  });

  test('stay where only a repetition of them succeeded', () => {
    const origin = { kind: 'rerun', run: 'first' as RunId } as const;
    const runs = [run('first', 1, { status: 'failed' }), run('again', 2, { origin })];
    expect(choose(runs)).toEqual({ first: 'unfinished', again: 'go' });
  });

  test('are needed by a run that goes on from them at this moment', () => {
    const runs = [
      run('first', 1, { status: 'failed' }),
      run('second', 2, { status: 'running', ...resumed('first') }),
    ];
    expect(choose(runs, { unfinished: true })).toEqual({ first: 'unfinished', second: 'running' });
  });

  test('end where a chain bites its tail, or hangs on a run that is gone', () => {
    const runs = [
      run('a', 1, { status: 'failed', ...resumed('b') }),
      run('b', 2, { status: 'failed', ...resumed('a') }),
      run('c', 3, { status: 'failed', ...resumed('gone') }),
    ];
    expect(choose(runs)).toEqual({ a: 'unfinished', b: 'unfinished', c: 'unfinished' });
  });
});
