import type { AttemptResult } from './executor.ts';
import type { Excess } from './limit-watch.ts';
import { isRunning } from './worker-seat.ts';
import type { KillReason, PoolAttempt } from './worker-seat.ts';
import { describeExit } from './worker-process.ts';
import type { ProcessExit } from './worker-process.ts';

export interface Loss {
  readonly exit: ProcessExit;
  readonly kill: KillReason | undefined;
  /** True once the process had loaded its bundle. */
  readonly ready: boolean;
}

/** An attempt that two processes lost before it started is taken for the reason. */
const MAX_STRIKES = 2;
const HEAP_EXHAUSTED = 'JavaScript heap out of memory';
const MEBIBYTE = 1 << 20;

/**
 * What the loss of a process means to the attempts in it (R6, X3). Those without a result had not
 * started: nobody need know.
 */
export function assignLoss(
  attempts: readonly PoolAttempt[],
  loss: Loss,
): ReadonlyMap<PoolAttempt, AttemptResult> {
  const known = attempts.filter(isKnown);
  const passed = loss.kill?.kind === 'limit' ? culpritOfLimit(attempts, known) : undefined;
  const concerned = passed === undefined || known.includes(passed) ? known : [...known, passed];
  const culprit = culpritOf(concerned, {
    ...loss,
    passed,
    unheard: known.length < attempts.length,
  });
  return new Map(concerned.map((attempt) => [attempt, resultFor(attempt, culprit, loss.exit)]));
}

function isKnown({ state, stopping, strikes }: PoolAttempt): boolean {
  return state === 'started' || stopping !== undefined || strikes >= MAX_STRIKES;
}

/** Of those who share a limit the one that ran longest; where none is known to run, the next. */
function culpritOfLimit(
  attempts: readonly PoolAttempt[],
  known: readonly PoolAttempt[],
): PoolAttempt | undefined {
  const running = known.filter(isRunning);
  return oldest(running) ?? oldest(known) ?? attempts[0];
}

function oldest(attempts: readonly PoolAttempt[]): PoolAttempt | undefined {
  return attempts.toSorted((a, b) => a.startedAt - b.startedAt)[0];
}

interface Culprit {
  /** Empty: nobody knows. */
  readonly attempts: readonly PoolAttempt[];
  readonly result: AttemptResult;
}

function resultFor(attempt: PoolAttempt, culprit: Culprit, exit: ProcessExit): AttemptResult {
  if (attempt.stopping !== undefined) return { kind: 'stopped', reason: attempt.stopping };
  if (culprit.attempts.includes(attempt)) return culprit.result;
  const message = `another action ended the worker that both shared (${describeExit(exit)})`;
  return { kind: 'lost', cause: 'collateral', message };
}

interface Suspicion extends Loss {
  /** Who answers for a limit that was passed. */
  readonly passed: PoolAttempt | undefined;
  /** Others were sent there, and did not say that they started. */
  readonly unheard: boolean;
}

function culpritOf(
  attempts: readonly PoolAttempt[],
  { exit, kill, ready, unheard, passed }: Suspicion,
): Culprit {
  if (kill?.kind === 'close') return { attempts, result: { kind: 'stopped', reason: 'cancelled' } };
  if (kill?.kind === 'stop') {
    const reason = kill.attempt.stopping ?? 'cancelled';
    return { attempts: [kill.attempt], result: { kind: 'stopped', reason } };
  }
  if (kill?.kind === 'limit') {
    return { attempts: passed === undefined ? [] : [passed], result: overLimit(kill.excess) };
  }
  if (exit.outOfMemory === true) return outOfMemory(attempts);
  if (!ready) {
    const message =
      exit.error === undefined
        ? `a worker process ended while it was starting: ${ending(exit)}`
        : `a worker process could not be started: ${exit.error}`;
    return { attempts, result: { kind: 'lost', cause: 'start', message } };
  }
  const running = attempts.filter(isRunning);
  // Who waits for a call does nothing; who had not started for all we know may have, unheard.
  const suspects = running.length > 0 || unheard ? running : attempts;
  if (exit.tail.includes(HEAP_EXHAUSTED)) {
    const first = oldest(suspects);
    const message = 'the JavaScript heap of the worker is exhausted';
    const result = { kind: 'lost', cause: 'memory', message } as const;
    return { attempts: first === undefined ? [] : [first], result };
  }
  return { attempts: suspects, result: crash(exit, suspects.length === 1) };
}

/** The system says that the limit was reached, not by whom: of those who ran the first. */
function outOfMemory(attempts: readonly PoolAttempt[]): Culprit {
  const first = oldest(attempts.filter(isRunning)) ?? oldest(attempts);
  const limitBytes = first?.demand.limits.memoryBytes;
  const limit = limitBytes === undefined ? '' : ` of ${mebibytes(limitBytes)}`;
  const message = `the worker and its subprocesses reached their memory limit${limit}`;
  const result = { kind: 'lost', cause: 'memory', message } as const;
  return { attempts: first === undefined ? [] : [first], result };
}

function overLimit({ limit, usedBytes, limitBytes }: Excess): AttemptResult {
  const [used, allowed] = [usedBytes, limitBytes].map(mebibytes);
  const message =
    limit === 'memory'
      ? `the worker and its subprocesses took ${used}, the limit is ${allowed}`
      : `the scratch folder of the worker holds ${used}, the limit is ${allowed}`;
  return { kind: 'lost', cause: limit, message };
}

/** What a signal that nobody of ours sent is a sign of. */
const SIGNS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'it aborted',
  SIGBUS: 'native code crashed',
  SIGFPE: 'native code crashed',
  SIGILL: 'native code crashed',
  SIGKILL: 'it was killed from outside, as the system does when memory runs out',
  SIGSEGV: 'native code crashed',
  SIGTERM: 'it was asked to end from outside',
  SIGTRAP: 'it ran into a trap, as when V8 gives up',
};

function crash(exit: ProcessExit, alone: boolean): AttemptResult {
  const sign = exit.signal === null ? undefined : SIGNS[exit.signal];
  const how = alone ? ending(exit, sign) : describeExit(exit);
  return { kind: 'lost', cause: 'crash', message: `the worker process ended with ${how}` };
}

function ending(exit: ProcessExit, sign?: string): string {
  const tail = exit.tail.trim();
  const how = sign === undefined ? describeExit(exit) : `${describeExit(exit)} (${sign})`;
  return tail === '' ? how : `${how}; its last output:\n${tail}`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MEBIBYTE)} Mi`;
}
