import { type ActionState, type RunState, isAlive, readRun } from '@skein/journal';
import type { Failure, MadeElsewhere, Provenance, Reason, Result, TaskId } from '@skein/model';
import { fail, succeed } from '@skein/model';
import {
  type ActionWhy,
  type Counted,
  type WhyGroup,
  type WhyReport,
  describeImpurity,
  explainReason,
  nameReason,
  taskName,
} from '@skein/view';
import { because } from './because.ts';
import type { WhyRequest } from './contract.ts';
import { inputChanges } from './earlier-inputs.ts';
import { type Archive, explained, isNamed } from './explained.ts';
import { traceOf } from './recorded-calls.ts';

/** Why the actions of a run executed or were reused. Fails with `run-not-found`, `flag-value`. */
export async function why(archive: Archive, request: WhyRequest): Promise<Result<WhyReport>> {
  const read = readRun(archive.db, request.run, isAlive);
  if (!read.ok) return read;
  const state = read.value;
  const all = [...state.actions.values()];
  if (request.action === undefined) return succeed(whyRun(archive, state, all));
  const asked = select(state, request.action);
  const [only, second] = asked;
  if (only === undefined) return fail(nothingCalled(request.action, state));
  if (second !== undefined) return succeed(whyRun(archive, state, asked));
  return succeed({ kind: 'action', state, answer: await whyAction(archive, state, only) });
}

/** An action by its number, or all of a task. */
function select(state: RunState, named: string): readonly ActionState[] {
  const action = /^\d+$/.test(named) ? state.actions.get(Number(named)) : undefined;
  if (action !== undefined) return [action];
  return [...state.actions.values()].filter(({ task }) => isNamed(task, named));
}

function whyRun(archive: Archive, state: RunState, actions: readonly ActionState[]): WhyReport {
  const reused = new Map<TaskId, number>();
  const elsewhere = new Map<string, { of: Provenance; actions: number }>();
  const grouped = new Map<string, ActionState[]>();
  for (const action of actions) {
    const { task, verdict } = action;
    if (verdict.kind !== 'execute') {
      reused.set(task, (reused.get(task) ?? 0) + 1);
      if (verdict.reason.kind === 'found') countMaker(elsewhere, verdict.reason.elsewhere);
      continue;
    }
    const name = `${task} ${groupOf(verdict.reason)}`;
    const group = grouped.get(name);
    if (group === undefined) grouped.set(name, [action]);
    else group.push(action);
  }
  const groups = [...grouped.values()].flatMap((group) => groupFrom(archive, state, group));
  const makers = [...elsewhere.values()].toSorted((one, other) => other.actions - one.actions);
  return { kind: 'run', state, groups, reused, elsewhere: makers };
}

/** Results that were made by the same from the same sources are told as one. */
function countMaker(
  makers: Map<string, { of: Provenance; actions: number }>,
  elsewhere: MadeElsewhere | undefined,
): void {
  if (elsewhere === undefined) return;
  const { writer, scope, user, host, commit, ref, ci } = elsewhere.provenance;
  const name = JSON.stringify([writer, scope, user, host, commit, ref, ci]);
  const known = makers.get(name);
  if (known === undefined) makers.set(name, { of: elsewhere.provenance, actions: 1 });
  else known.actions += 1;
}

/** Observations of one kind are one group, however many files they are of. */
function groupOf(reason: Reason): string {
  return reason.kind === 'key-changed' ? nameReason(reason) : reason.kind;
}

const OTHERS = 5;

function groupFrom(
  archive: Archive,
  state: RunState,
  actions: readonly ActionState[],
): readonly WhyGroup[] {
  const [action] = actions;
  if (action === undefined) return [];
  const first = explained(archive, state, { action, reason: action.verdict.reason });
  const told = new Set([explainReason(first.reason)]);
  for (const { verdict } of actions) {
    if (told.size > OTHERS) break;
    told.add(explainReason(verdict.reason));
  }
  const [, ...others] = told;
  return [
    {
      task: action.task,
      actions: actions.map((one) => one.action),
      first,
      others,
      untraced: counted(actions, ({ untraced = [] }) => [untraced].flat(), String),
      impurities: counted(actions, ({ impurities }) => impurities, describeImpurity),
    },
  ];
}

/** What is said of actions, each once, with of how many it is. */
function counted<T>(
  actions: readonly ActionState[],
  of: (action: ActionState) => readonly T[],
  nameOf: (one: T) => string,
): readonly Counted<T>[] {
  const found = new Map<string, { of: T; actions: number }>();
  for (const action of actions) {
    for (const [name, one] of new Map(of(action).map((it) => [nameOf(it), it]))) {
      const known = found.get(name);
      if (known === undefined) found.set(name, { of: one, actions: 1 });
      else known.actions += 1;
    }
  }
  return [...found.values()];
}

async function whyAction(
  archive: Archive,
  state: RunState,
  action: ActionState,
): Promise<ActionWhy> {
  const reason = await refined(archive, state, action);
  const answer = explained(archive, state, { action, reason });
  const made = action.verdict.kind === 'reuse' ? maker(archive, action) : undefined;
  return {
    ...answer,
    because: because(archive, state, answer),
    ...(made === undefined ? {} : { made }),
  };
}

/** New inputs are compared with those of earlier runs, for which a run has no time. */
async function refined(archive: Archive, state: RunState, action: ActionState): Promise<Reason> {
  const { reason } = action.verdict;
  if (reason.kind !== 'new-inputs') return reason;
  const changes = await inputChanges(archive, state, action);
  return changes === undefined ? reason : { kind: 'key-changed', changes };
}

/** The execution whose outcome a reused action got. */
function maker(archive: Archive, action: ActionState): ActionWhy['made'] {
  const trace = traceOf(archive, action);
  if (trace === undefined || trace.origin !== undefined) return undefined;
  return { run: trace.run, action: trace.action, at: trace.at };
}

function nothingCalled(given: string, state: RunState): Failure {
  const tasks = new Set([...state.actions.values()].map(({ task }) => taskName(task)));
  return {
    code: 'flag-value',
    kind: 'usage',
    headline: `the run has no action or task "${given}"`,
    facts: [
      ['run', state.overview.run],
      ['actions', state.actions.size === 0 ? 'none' : `1 to ${state.actions.size}`],
      ['tasks', [...tasks].join(', ') || 'none'],
    ],
  };
}
