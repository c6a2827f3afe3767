import type { MadeElsewhere, Trace } from '@skein/model';
import type { RunFrame, Verified } from './frame.ts';
import type { PreparedTask } from './prepare.ts';

/** What is told of a result that somebody else made; `undefined`: it was made with this state. */
export function elsewhereOf(trace: Trace): MadeElsewhere | undefined {
  const { origin, run, action, at, durationMs } = trace;
  return origin === undefined ? undefined : { provenance: origin, run, action, at, durationMs };
}

/** What holds by a trace, as the rest of the run may use it. */
export function verifiedBy(
  frame: Pick<RunFrame, 'taken'>,
  task: PreparedTask,
  trace: Trace,
): Verified {
  const { outcome, at, impurities } = trace;
  const elsewhere = elsewhereOf(trace);
  if (elsewhere === undefined) return { outcome, at, impurities };
  frame.taken(task);
  return { outcome, at, impurities, elsewhere };
}
