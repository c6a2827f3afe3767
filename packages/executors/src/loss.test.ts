import { expect, test } from 'vitest';
import type { AttemptResult } from './executor.ts';
import { assignLoss } from './loss.ts';
import type { Loss } from './loss.ts';
import type { PoolAttempt } from './worker-seat.ts';

const CRASH: Loss = {
  exit: { code: null, signal: 'SIGSEGV', tail: 'boom\n' },
  kill: undefined,
  ready: true,
};

function attempt(given: Partial<PoolAttempt> = {}): PoolAttempt {
  return {
    state: 'started',
    strikes: 0,
    startedAt: 0,
    stopping: undefined,
    openCalls: undefined,
    demand: { limits: {} },
    ...given,
  } as PoolAttempt;
}

const waiting = (): PoolAttempt => attempt({ openCalls: new Set([1]) });

function causes(attempts: readonly PoolAttempt[], loss: Loss): readonly string[] {
  const results = assignLoss(attempts, loss);
  return attempts.map((it) => nameOf(results.get(it)));
}

function nameOf(result: AttemptResult | undefined): string {
  if (result?.kind === 'lost') return result.cause;
  return result?.kind === 'stopped' ? result.reason : 'none';
}

test('R6: the only one that ran is the culprit, and its last words are told', () => {
  const culprit = attempt();
  expect(causes([waiting(), culprit], CRASH)).toEqual(['collateral', 'crash']);
  expect(assignLoss([culprit], CRASH).get(culprit)).toMatchObject({
    message:
      'the worker process ended with signal SIGSEGV (native code crashed); its last output:\nboom',
  });
});

test('R6: where nobody knows, all that ran have crashed', () => {
  expect(causes([attempt(), attempt(), waiting()], CRASH)).toEqual([
    'crash',
    'crash',
    'collateral',
  ]);
});

test('callers that waited are not blamed for what nobody heard of', () => {
  const unheard = attempt({ state: 'sent' });
  expect(causes([waiting(), unheard], CRASH)).toEqual(['collateral', 'none']);
  expect(causes([waiting()], CRASH)).toEqual(['crash']);
});

test('R6: a process that never came up is nobody’s crash', () => {
  expect(causes([attempt()], { ...CRASH, ready: false })).toEqual(['start']);
});

test('X3: an exhausted heap goes to the action that ran longest', () => {
  const exit = { ...CRASH.exit, tail: 'FATAL ERROR: … JavaScript heap out of memory' };
  const attempts = [attempt({ startedAt: 5 }), attempt({ startedAt: 2 })];
  expect(causes(attempts, { ...CRASH, exit })).toEqual(['collateral', 'memory']);
});

test('X5: who was stopped is stopped, whatever ended the process', () => {
  const stopped = attempt({ stopping: 'timeout' });
  expect(causes([stopped, attempt()], CRASH)).toEqual(['timeout', 'crash']);
  const kill = { kind: 'stop', attempt: stopped } as const;
  expect(causes([stopped, attempt()], { ...CRASH, kill })).toEqual(['timeout', 'collateral']);
});

test('X3: a limit that several share is the excess of the one that ran longest', () => {
  const excess = { limit: 'memory', usedBytes: 3 << 20, limitBytes: 2 << 20 } as const;
  const loss: Loss = { ...CRASH, kill: { kind: 'limit', excess } };
  const first = attempt({ startedAt: 1, openCalls: new Set([1]) });
  const ran = attempt({ startedAt: 2 });
  const later = attempt({ startedAt: 3 });
  const unstarted = attempt({ state: 'sent' });
  expect(causes([first, later, ran, unstarted], loss)).toEqual([
    'collateral',
    'collateral',
    'memory',
    'none',
  ]);
  expect(assignLoss([ran], loss).get(ran)).toMatchObject({
    message: 'the worker and its subprocesses took 3 Mi, the limit is 2 Mi',
  });
  expect(causes([first, unstarted], loss)).toEqual(['memory', 'none']);
  expect(causes([unstarted], loss)).toEqual(['memory']);
  expect(causes([], loss)).toEqual([]);
});

test('X3: where the system says that memory ran out, who ran longest is the reason', () => {
  const exit = { ...CRASH.exit, outOfMemory: true };
  const demand = { limits: { memoryBytes: 300 << 20 } } as PoolAttempt['demand'];
  const attempts = [
    attempt({ startedAt: 5, demand }),
    attempt({ startedAt: 2, demand }),
    waiting(),
  ];
  for (const ready of [true, false]) {
    expect(causes(attempts, { ...CRASH, exit, ready })).toEqual([
      'collateral',
      'memory',
      'collateral',
    ]);
  }
  const only = attempt({ demand });
  expect(assignLoss([only], { ...CRASH, exit }).get(only)).toMatchObject({
    message: 'the worker and its subprocesses reached their memory limit of 300 Mi',
  });
});

test('R6: what could not be started says why', () => {
  const exit = { code: null, signal: null, tail: '', error: 'no such image' };
  const only = attempt();
  expect(assignLoss([only], { exit, kill: undefined, ready: false }).get(only)).toEqual({
    kind: 'lost',
    cause: 'start',
    message: 'a worker process could not be started: no such image',
  });
});

test('X2: what passes its disk limit is told as such', () => {
  const excess = { limit: 'disk', usedBytes: 3 << 20, limitBytes: 2 << 20 } as const;
  const loss: Loss = { ...CRASH, kill: { kind: 'limit', excess } };
  const only = attempt();
  expect(assignLoss([only], loss).get(only)).toEqual({
    kind: 'lost',
    cause: 'disk',
    message: 'the scratch folder of the worker holds 3 Mi, the limit is 2 Mi',
  });
});

test('R6: each way to end has words of its own', () => {
  const message = (exit: Partial<Loss['exit']>): string => {
    const only = attempt();
    const ended = { code: null, signal: null, tail: '', ...exit };
    const result = assignLoss([only], { ...CRASH, exit: ended }).get(only);
    return result?.kind === 'lost' ? result.message : '';
  };
  const all = [
    message({ code: 7 }),
    message({ signal: 'SIGSEGV' }),
    message({ signal: 'SIGABRT' }),
    message({ signal: 'SIGKILL' }),
    message({ signal: 'SIGTERM' }),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(all[0]).toBe('the worker process ended with exit code 7');
});
