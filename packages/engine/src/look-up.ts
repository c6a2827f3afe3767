import type { ActionKey, Reason, Trace } from '@skein/model';
import { Check } from './check.ts';
import type { Far } from './far.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import { unfit } from './leaf.ts';
import type { LiveAction } from './live-action.ts';
import { isPresent } from './present.ts';

export type LookedUp =
  | { readonly kind: 'found'; readonly trace: Trace }
  /** The author's error is known; it satisfies a check, and answers no caller (T4). */
  | { readonly kind: 'known-failure'; readonly trace: Trace }
  | { readonly kind: 'miss'; readonly reason: Reason };

/** An action that is asked for, with the traces of its key, newest first. */
export interface Sought {
  readonly node: LiveAction;
  readonly spec: CallSpec;
  readonly key: ActionKey;
  readonly traces: readonly Trace[];
}

/**
 * Decides whether an action is already known: its traces newest first, each checked wave by wave
 * (T2). The reason for a miss is what became of the trace that held the longest. `wantsAnswer` is
 * asked late: a running caller may join while the check is under way.
 */
export async function lookUp(
  frame: RunFrame,
  action: Sought,
  wantsAnswer: () => boolean,
): Promise<LookedUp> {
  const { task } = action.spec;
  const misses = new Misses();
  const check = new Check(frame, action.node);
  const { far } = frame;
  for (let { traces } = action, isNear = true; ; isNear = false) {
    for (const trace of traces) {
      const refusal = unfit(frame, task, trace);
      if (trace.outcome.kind === 'error' && wantsAnswer()) {
        misses.add({ kind: 'failed-before' }, UNCHECKED);
      } else if (refusal !== undefined) {
        misses.add(refusal, UNCHECKED);
      } else {
        const result = task.vouched ? SAME : await check.trace(trace);
        const found = result.kind === 'same' ? await accept(frame, trace, wantsAnswer) : undefined;
        if (found !== undefined && found.kind !== 'miss') return found;
        if (found !== undefined) misses.add(found.reason, UNCHECKED);
        if (result.kind !== 'same') misses.add(result.reason, check.held);
        if (result.kind === 'start-caller') break;
      }
    }
    if (far === undefined || !isNear) break;
    traces = await moreTraces(far, action);
  }
  const { inputs, given } = action.spec;
  return { kind: 'miss', reason: misses.reason ?? frame.explain(task, inputs, given) };
}

/** Nothing near answers; but nobody waits for others on behalf of who was cancelled meanwhile. */
async function moreTraces(
  far: Far,
  { node, spec, key, traces }: Sought,
): Promise<readonly Trace[]> {
  if (node.cancelled) return [];
  const stopped = Promise.withResolvers<readonly Trace[]>();
  node.stop = () => stopped.resolve([]);
  const more = await Promise.race([far.more({ task: spec.task, key }, traces), stopped.promise]);
  node.stop = undefined;
  return more;
}

/** What no check of observations had found out. */
const UNCHECKED = Number.POSITIVE_INFINITY;

/** Of traces that do not answer, why the one did not that came closest; the newest of such. */
class Misses {
  reason: Reason | undefined;
  #held = -1;

  add(reason: Reason, held: number): void {
    if (held <= this.#held) return;
    this.#held = held;
    this.reason = reason;
  }
}

const SAME = { kind: 'same' } as const;

async function accept(
  frame: RunFrame,
  trace: Trace,
  wantsAnswer: () => boolean,
): Promise<LookedUp> {
  if (trace.outcome.kind === 'error') {
    if (!wantsAnswer()) return { kind: 'known-failure', trace };
    return { kind: 'miss', reason: { kind: 'failed-before' } };
  }
  if (wantsAnswer() && !(await isPresent(frame, trace.outcome))) {
    const digest = trace.outcome.artifact ?? trace.outcome.digest;
    return { kind: 'miss', reason: { kind: 'bytes-missing', digest } };
  }
  return { kind: 'found', trace };
}
