import { expect, test } from 'vitest';
import type { AttemptResult } from './executor.ts';
import { assignLoss } from './loss.ts';
import type { Loss } from './loss.ts';
import type { PoolAttempt } from './worker-seat.ts';

const CRASH: Loss = {
  exit: { code: null, signal: 'SIGSEGV', tail: 'boom\n' },
  kill: undefined,
  ready: true,
  unheard: false,
};

function attempt(given: Partial<PoolAttempt> = {}): PoolAttempt {
  return { startedAt: 0, stopping: undefined, openCalls: undefined, ...given } as PoolAttempt;
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
    message: 'the worker process ended with signal SIGSEGV; its last output:\nboom',
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
  expect(causes([waiting()], { ...CRASH, unheard: true })).toEqual(['collateral']);
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
