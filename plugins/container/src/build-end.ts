import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcess, firstProcessesBelow } from './container-processes.ts';

const PERIOD_MS = 100;
/** A builder that runs no step of ours is asked to end after so many periods. */
const PATIENCE = 5;
/** So many it gets to take away what it made, before it is ended like any process. */
const CLEARING = 100;

/**
 * Ends a build such that nothing of it is left. A builder that is ended leaves its containers, and
 * what runs in them; one whose step was ended takes them away, and ends by itself.
 */
export async function endBuild(call: ChildProcess): Promise<void> {
  const exit = new AbortController();
  call.once('exit', () => exit.abort());
  let left = PATIENCE;
  while (call.pid !== undefined && call.exitCode === null && call.signalCode === null) {
    const steps = firstProcessesBelow(call.pid);
    for (const step of steps) endProcess(step);
    if (steps.length > 0) left = CLEARING;
    left -= 1;
    if (left < 0) call.kill(left < -CLEARING ? 'SIGKILL' : 'SIGTERM');
    await delay(PERIOD_MS, undefined, { signal: exit.signal }).catch(() => undefined);
  }
}
