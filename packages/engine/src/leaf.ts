import type { Trace } from '@skein/model';
import type { RunFrame } from './frame.ts';
import type { PreparedTask } from './prepare.ts';

/**
 * The look-up of an action that called nothing and observed nothing, and whose result lies in its
 * record: no promise is needed. Most actions of a wide fan-out are such.
 */
export function lookUpLeaf(
  frame: RunFrame,
  task: PreparedTask,
  traces: readonly Trace[],
): Trace | undefined {
  const [trace] = traces;
  if (trace === undefined || trace.log !== null || trace.waves.length > 0) return undefined;
  if (trace.outcome.kind === 'error' || trace.outcome.artifact !== undefined) return undefined;
  return isTooOld(frame, task, trace) ? undefined : trace;
}

/** A result from the future has no known age: the clock was set back since, or is another's. */
export function isTooOld(frame: RunFrame, { maxAgeMs }: PreparedTask, trace: Trace): boolean {
  if (maxAgeMs === undefined) return false;
  const age = frame.clock.now() - trace.at;
  return age < 0 || age > maxAgeMs;
}
