import type { ActionKey, DeepSummary, SummaryAge, SummaryTask } from '@skein/model';
import { decodeSummary } from '@skein/model';
import { termsOf } from './deep-terms.ts';
import type { RunFrame } from './frame.ts';
import { isPresent, isSomewhere } from './present.ts';
import { checkPlain } from './plain.ts';
import type { PreparedTask } from './prepare.ts';

/** What a summary says where it holds, and whether that is only so for this moment (W2). */
export interface DeepAnswer {
  readonly summary: DeepSummary;
  readonly fleeting: boolean;
}

/**
 * The deep summary of an action, where everything in it holds now (T6): then the walk would come
 * to the same result, and execute nothing. The cheap questions come first. What a run's world
 * has seen once it does not look at again, so a summary costs its tasks, and each distinct
 * observation costs once a run.
 */
export async function deepAnswer(
  frame: RunFrame,
  { task, key }: { readonly task: PreparedTask; readonly key: ActionKey },
  wantsAnswer: () => boolean,
): Promise<DeepAnswer | undefined> {
  const body = frame.traces.summaryOf(key);
  const summary = body === undefined ? undefined : decodeSummary(body);
  if (summary === undefined || !allows(frame, task, summary.root)) return undefined;
  for (const beneath of summary.tasks) {
    const ready = frame.tasks.ready(beneath.task, beneath.override, true);
    const called = ready instanceof Promise ? await ready : ready;
    if (!called.ok || !isAsBefore(frame, called.value, beneath)) return undefined;
  }
  if (!(await isSomewhere(frame, summary.outcome))) return undefined;
  const { changed, fleeting } = await checkPlain(frame, summary.observations);
  if (changed !== undefined) return undefined;
  if (wantsAnswer() && !(await isPresent(frame, summary.outcome))) return undefined;
  // The generation may have been raised meanwhile, by this process or by another.
  return frame.traces.summaryOf(key) === undefined ? undefined : { summary, fleeting };
}

/** Its calls beneath a cached caller have the keys that they had, and may be looked up. */
function isAsBefore(frame: RunFrame, task: PreparedTask, beneath: SummaryTask): boolean {
  if (!task.caching || task.forced) return false;
  return termsOf(task) === beneath.terms && allows(frame, task, beneath);
}

/** Whether today's `maxAge` and `strict` admit the traces (Q4, O8): neither is in the key. */
function allows(frame: RunFrame, task: PreparedTask, traces: SummaryAge): boolean {
  if (traces.impure && task.options.strict) return false;
  const { maxAgeMs } = task;
  if (maxAgeMs === undefined) return true;
  const now = frame.clock.now();
  return traces.newestAt <= now && now - traces.oldestAt <= maxAgeMs;
}
