import type { PlainObservation } from '@skein/model';
import type { Conclusion } from './conclusion.ts';
import { describeTask } from './describe.ts';
import type { RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';
import type { WrittenObservation } from './writes.ts';

/** Said of what would have left a trace in another run. */
export const READ_ONLY = 'the run is one that leaves no traces';

const TAINTED =
  "it stands on something that other code or data than today's made in an earlier run";

/** Why an execution leaves no trace, in a sentence; `undefined`: it leaves one. */
export function whyUntraced(
  frame: RunFrame,
  node: LiveAction,
  ended: Conclusion,
): string | undefined {
  if (ended.untraceable !== undefined) return ended.untraceable;
  if (node.metSystemFault) {
    return 'one of its calls ended by a timeout, a cancellation, a lost worker or lack of memory';
  }
  if (node.tainted || frame.logs.isTainted(ended.log)) return TAINTED;
  const { outcome, impurities } = ended;
  if (outcome.kind === 'error') {
    if (outcome.fault !== 'author') return `it ended by a fault of kind "${outcome.fault}"`;
    const [impurity] = impurities;
    if (impurity !== undefined) return `it failed after ${impurity.what}`;
  }
  return whatOthersWrote(frame, node, ended);
}

/** O5: it, or an action of its process before it, saw what another action of this run wrote. */
export function whatOthersWrote(
  frame: RunFrame,
  node: LiveAction,
  { waves, log }: Pick<Conclusion, 'waves' | 'log'>,
): string | undefined {
  if (!frame.writes.any) return undefined;
  for (const seen of waves.flat()) {
    if (seen.kind === 'call' || seen.kind === 'map') continue;
    const written = frame.writes.writerOf(seen, node.number);
    if (written !== undefined) return tell('it', written);
  }
  const written = frame.logs.writtenIn(log, node.number);
  return written && tell('an action of its process', written);
}

function tell(who: string, { seen, path, writer }: WrittenObservation): string {
  const task = describeTask(writer.task);
  return `${who} ${DID[seen.kind]} "${path}", which the task "${task}" wrote: ${INSTEAD}`;
}

const DID: Readonly<Record<PlainObservation['kind'], string>> = {
  file: 'read',
  listing: 'listed the folder of',
  stat: 'looked at',
  module: 'loaded modules after',
  variable: 'read',
};
const INSTEAD = 'hand it on as a File or Dir';
