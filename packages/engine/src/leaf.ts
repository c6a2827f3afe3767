import type { ActionKey, Reason, Trace } from '@skein/model';
import type { RunFrame, Verified } from './frame.ts';
import { holdsAtOnce } from './plain.ts';
import type { PreparedTask } from './prepare.ts';

/**
 * The look-up of an action that called nothing, where everything it observed is known to hold and
 * its result lies in its record: no promise is needed. Most actions of a wide fan-out are such.
 */
export function lookUpLeaf(
  frame: RunFrame,
  task: PreparedTask,
  traces: readonly Trace[],
): Trace | undefined {
  const [trace] = traces;
  if (trace === undefined || unfit(frame, task, trace) !== undefined) return undefined;
  if (trace.outcome.kind === 'error' || trace.outcome.artifact !== undefined) return undefined;
  if (task.vouched) return trace;
  const holds = frame.logs.holds(trace.log) && holdsAtOnce(frame, trace.waves);
  return holds ? trace : undefined;
}

/** Verified earlier in this run, with nothing to look for on the disk. */
export function lookUpVerified(
  frame: RunFrame,
  task: PreparedTask,
  key: ActionKey,
): Verified | undefined {
  const verified = frame.known.get(key);
  if (verified === undefined || unfit(frame, task, verified) !== undefined) return undefined;
  const { outcome } = verified;
  return outcome.kind === 'result' && outcome.artifact === undefined ? verified : undefined;
}

/** Why a result is no answer whatever it observed: it is too old, or impure under `strict`. */
export function unfit(frame: RunFrame, task: PreparedTask, made: Verified): Reason | undefined {
  if (isTooOld(frame, task, made)) return { kind: 'too-old' };
  const [impurity] = task.options.strict ? made.impurities : [];
  if (impurity === undefined) return undefined;
  const { what, at } = impurity;
  return { kind: 'impure', what, ...(at === undefined ? {} : { at }) };
}

/** A result from the future has no known age: the clock was set back since, or is another's. */
function isTooOld(frame: RunFrame, { maxAgeMs }: PreparedTask, made: Verified): boolean {
  if (maxAgeMs === undefined) return false;
  const age = frame.clock.now() - made.at;
  return age < 0 || age > maxAgeMs;
}
