import type { ActionState, RunState } from '@skein/journal';
import type { ActionNumber, Reason } from '@skein/model';
import type { Explained } from '@skein/view';
import { type Archive, explained, isNamed } from './explained.ts';

/** Longer chains end at their length: nobody reads on. */
const STEPS = 12;

/**
 * Follows a reason to where it began: a call with another outcome to the callee that executed, new
 * inputs to the caller that made them. Each step executed for the one before it.
 */
export function because(archive: Archive, state: RunState, from: Explained): readonly Explained[] {
  const steps: Explained[] = [];
  const seen = new Set<ActionNumber>([from.action.action]);
  let last = from;
  while (steps.length < STEPS) {
    const action = causeOf(state, last);
    if (action === undefined || seen.has(action.action)) break;
    seen.add(action.action);
    last = explained(archive, state, { action, reason: action.verdict.reason });
    steps.push(last);
  }
  return steps;
}

function causeOf(state: RunState, { action, reason }: Explained): ActionState | undefined {
  if (reason.kind === 'child-changed') return changedChild(state, action, reason);
  if (reason.kind === 'logged-call-changed') return executedNow(state.actions.values(), reason);
  if (!isOfInputs(reason)) return undefined;
  const caller = state.actions.get(action.parent);
  return caller !== undefined && tellsMore(caller) ? caller : undefined;
}

function isOfInputs(reason: Reason): boolean {
  if (reason.kind === 'new-inputs') return true;
  return reason.kind === 'key-changed' && reason.changes.every(({ kind }) => kind === 'input');
}

/** That a caller executed without being asked why says nothing of what it hands on. */
function tellsMore({ verdict: { kind, reason } }: ActionState): boolean {
  if (kind !== 'execute') return false;
  return !['caching-off', 'forced', 'never-executed'].includes(reason.kind);
}

/** The call that the check found changed; where it is not told, the first that executed. */
function changedChild(
  state: RunState,
  parent: ActionState,
  reason: Extract<Reason, { readonly kind: 'child-changed' }>,
): ActionState | undefined {
  const told = reason.action === undefined ? undefined : state.actions.get(reason.action);
  if (told !== undefined) return told;
  const children = parent.children.flatMap((number) => state.actions.get(number) ?? []);
  return executedNow(children, reason) ?? children.find(({ task }) => isNamed(task, reason.task));
}

function executedNow(
  actions: Iterable<ActionState>,
  { task: name }: { readonly task: string },
): ActionState | undefined {
  for (const action of actions) {
    if (action.verdict.kind === 'execute' && isNamed(action.task, name)) return action;
  }
  return undefined;
}
