import type { AttemptResult } from './executor.ts';
import { isRunning } from './worker-seat.ts';
import type { KillReason, PoolAttempt } from './worker-seat.ts';
import { describeExit } from './worker-process.ts';
import type { ProcessExit } from './worker-process.ts';

export interface Loss {
  readonly exit: ProcessExit;
  readonly kill: KillReason | undefined;
  /** True once the process had loaded its bundle. */
  readonly ready: boolean;
  /** Others were sent there, and did not say that they started. */
  readonly unheard: boolean;
}

const HEAP_EXHAUSTED = 'JavaScript heap out of memory';
const MEBIBYTE = 1 << 20;

/** What the loss of a process means to each attempt that had started in it (R6, X3). */
export function assignLoss(
  attempts: readonly PoolAttempt[],
  loss: Loss,
): ReadonlyMap<PoolAttempt, AttemptResult> {
  const culprit = culpritOf(attempts, loss);
  return new Map(attempts.map((attempt) => [attempt, resultFor(attempt, culprit, loss.exit)]));
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

function culpritOf(
  attempts: readonly PoolAttempt[],
  { exit, kill, ready, unheard }: Loss,
): Culprit {
  if (kill?.kind === 'close') return { attempts, result: { kind: 'stopped', reason: 'cancelled' } };
  if (kill?.kind === 'stop') {
    const reason = kill.attempt.stopping ?? 'cancelled';
    return { attempts: [kill.attempt], result: { kind: 'stopped', reason } };
  }
  if (kill?.kind === 'memory') {
    const [used, limit] = [kill.residentBytes, kill.limitBytes].map(mebibytes);
    const message = `the worker and its subprocesses took ${used}, the limit is ${limit}`;
    return { attempts: [kill.attempt], result: { kind: 'lost', cause: 'memory', message } };
  }
  if (!ready) {
    const message = `a worker process ended while it was starting: ${ending(exit)}`;
    return { attempts, result: { kind: 'lost', cause: 'start', message } };
  }
  const running = attempts.filter(isRunning);
  // Who waits for a call does nothing; who had not started for all we know may have, unheard.
  const suspects = running.length > 0 || unheard ? running : attempts;
  if (exit.tail.includes(HEAP_EXHAUSTED)) {
    const oldest = suspects.toSorted((a, b) => a.startedAt - b.startedAt).slice(0, 1);
    const message = 'the JavaScript heap of the worker is exhausted';
    return { attempts: oldest, result: { kind: 'lost', cause: 'memory', message } };
  }
  return { attempts: suspects, result: crash(exit, suspects.length === 1) };
}

function crash(exit: ProcessExit, alone: boolean): AttemptResult {
  const message = `the worker process ended with ${alone ? ending(exit) : describeExit(exit)}`;
  return { kind: 'lost', cause: 'crash', message };
}

function ending(exit: ProcessExit): string {
  const tail = exit.tail.trim();
  return tail === '' ? describeExit(exit) : `${describeExit(exit)}; its last output:\n${tail}`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MEBIBYTE)} Mi`;
}
