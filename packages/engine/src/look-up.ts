import type { Outcome, Reason, Trace } from '@skein/model';
import { Check } from './check.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import { isTooOld } from './leaf.ts';
import type { LiveAction } from './live-action.ts';

export type LookedUp =
  | { readonly kind: 'found'; readonly trace: Trace }
  /** The author's error is known; it satisfies a check, and answers no caller (T4). */
  | { readonly kind: 'known-failure'; readonly trace: Trace }
  | { readonly kind: 'miss'; readonly reason: Reason };

/** An action that is asked for, with the traces of its key, newest first. */
export interface Sought {
  readonly node: LiveAction;
  readonly spec: CallSpec;
  readonly traces: readonly Trace[];
}

/**
 * Decides whether an action is already known: its traces newest first, each checked wave by wave
 * (T2). `wantsAnswer` is asked late: a running caller may join while the check is under way.
 */
export async function lookUp(
  frame: RunFrame,
  action: Sought,
  wantsAnswer: () => boolean,
): Promise<LookedUp> {
  const { task } = action.spec;
  let reason = missReason(frame, action.spec);
  const check = new Check(frame, action.node);
  for (const trace of action.traces) {
    if (trace.outcome.kind === 'error' && wantsAnswer()) {
      reason = { kind: 'failed-before' };
      continue;
    }
    if (isTooOld(frame, task, trace)) {
      reason = { kind: 'too-old' };
      continue;
    }
    const result = task.vouched ? SAME : await check.trace(trace);
    if (result.kind === 'same') {
      const found = await accept(frame, trace, wantsAnswer);
      if (found.kind !== 'miss') return found;
      ({ reason } = found);
      continue;
    }
    ({ reason } = result);
    if (result.kind === 'start-caller') break;
  }
  return { kind: 'miss', reason };
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

/** Whether an outcome's artifact is there, without which it is a miss (P4). */
export async function isPresent(frame: RunFrame, outcome: Outcome): Promise<boolean> {
  if (outcome.kind === 'error' || outcome.artifact === undefined) return true;
  if (frame.present.has(outcome.artifact)) return true;
  const there = await frame.blobs.has(outcome.artifact);
  if (there) frame.present.add(outcome.artifact);
  return there;
}

function missReason(frame: RunFrame, spec: CallSpec): Reason {
  const changed = frame.changesOf(spec.task);
  return changed === undefined ? { kind: 'never-executed' } : { kind: 'key-changed', changed };
}
