import type {
  ActionFinished,
  ActionNumber,
  ActionStarted,
  AttemptFailed,
  AttemptStarted,
  CodeVersion,
  Outcome,
  RecordedCheckpoint,
  RunEvent,
  RunFinished,
  RunOverview,
  RunStarted,
} from '@skein/model';
import { SnapshotFold } from '@skein/model';
import { NO_ACTIONS, countAction } from './overview.ts';
import type { ActionState, AttemptState, LogLine, RunState, RunWarning } from './run-state.ts';

type Growing<T> = { -readonly [Field in keyof T]: T[Field] };

type Lists = 'children' | 'attempts' | 'logs' | 'checkpoints';

interface GrowingAction extends Growing<Omit<ActionState, Lists>> {
  readonly attempts: Growing<AttemptState>[];
  readonly logs: LogLine[];
  readonly checkpoints: RecordedCheckpoint[];
  /** What `snapshot`, the last of them, goes on from. */
  saves?: SnapshotFold;
}

/**
 * Takes the events of one run in the order of the journal, and says at any moment what is known.
 * The first must be `run-started`. A state once given does not change afterwards, but shares
 * what is finished with later ones.
 */
export class RunFold {
  readonly #started: RunStarted;
  readonly #actions = new Map<ActionNumber, GrowingAction>();
  /** Actions that a check looked at and that are not listed, with their callers. */
  readonly #passed = new Map<ActionNumber, ActionNumber>();
  readonly #warnings: RunWarning[] = [];
  readonly #logs: LogLine[] = [];
  #version: CodeVersion | undefined;
  #counts = NO_ACTIONS;
  #finished: RunFinished | undefined;
  #lastAt: number;

  constructor(started: RunStarted) {
    this.#started = started;
    this.#lastAt = started.at;
  }

  apply(event: RunEvent): void {
    this.#lastAt = event.at;
    switch (event.kind) {
      case 'run-started':
      case 'action-progressed':
      case 'process-logged':
        return;
      case 'action-started':
        this.#action(event).startedAt = event.at;
        return;
      case 'action-finished':
        this.#counts = countAction(this.#counts, event);
        finish(this.#action(event), event);
        return;
      case 'action-passed':
        this.#passed.set(event.action, event.parent);
        return;
      case 'attempt-started':
        startAttempt(this.#actions.get(event.action), event);
        return;
      case 'attempt-failed':
        failAttempt(this.#actions.get(event.action), event);
        return;
      case 'action-logged': {
        const { at, stream, text, worker } = event;
        const line = { at, stream, text, ...(worker === undefined ? {} : { worker }) };
        if (event.action === 0) this.#logs.push(line);
        else this.#actions.get(event.action)?.logs.push(line);
        return;
      }
      case 'checkpoint-recorded':
        this.#actions.get(event.action)?.checkpoints.push(event.record);
        return;
      case 'snapshot-saved': {
        const action = this.#actions.get(event.action);
        if (action === undefined) return;
        action.saves ??= new SnapshotFold();
        action.saves.add(event.snapshot);
        action.snapshot = event.snapshot;
        return;
      }
      case 'run-described':
        this.#version = event.version;
        return;
      case 'run-warned': {
        const { at, warning, action } = event;
        this.#warnings.push(action === undefined ? { at, warning } : { at, warning, action });
        return;
      }
      case 'run-finished':
        this.#finished = event;
    }
  }

  /** `alive`: whether the run's process still is; a run without its process is interrupted (R7). */
  state(alive: boolean): RunState {
    const finished = this.#finished;
    const { actions, roots } = this.#tree();
    return {
      overview: this.overview(alive),
      started: this.#started,
      actions,
      roots,
      warnings: [...this.#warnings],
      logs: [...this.#logs],
      ...(this.#version === undefined ? {} : { version: this.#version }),
      ...(finished?.outcome === undefined ? {} : { outcome: finished.outcome }),
      ...(finished?.thrower === undefined ? {} : { thrower: finished.thrower }),
      lastAt: this.#lastAt,
    };
  }

  /** The cheap part of `state`. */
  overview(alive: boolean): RunOverview {
    const { run, task, entry, at, labels, initiator, origin } = this.#started;
    const finished = this.#finished;
    return {
      run,
      task,
      entry,
      labels,
      initiator,
      ...(origin === undefined ? {} : { origin }),
      startedAt: at,
      status: finished?.status ?? (alive ? 'running' : 'interrupted'),
      counts: finished?.counts ?? this.#counts,
      ...(finished === undefined ? {} : { durationMs: finished.durationMs }),
    };
  }

  /** A reused action has no start of its own. */
  #action(event: ActionStarted | ActionFinished): GrowingAction {
    const known = this.#actions.get(event.action);
    if (known !== undefined) return known;
    const action = newAction(event);
    this.#actions.set(event.action, action);
    return action;
  }

  /**
   * Concurrent calls may be recorded in another order than they were made, and a caller may turn
   * out to be unlisted after its calls: the tree is made of the numbers.
   */
  #tree(): { readonly actions: Map<ActionNumber, ActionState>; readonly roots: ActionNumber[] } {
    const roots: ActionNumber[] = [];
    const children = new Map<ActionNumber, ActionNumber[]>();
    const actions = new Map<ActionNumber, ActionState>();
    for (const action of [...this.#actions.values()].toSorted((a, b) => a.action - b.action)) {
      const parent = this.#listed(action.parent);
      const own: ActionNumber[] = [];
      children.set(action.action, own);
      (children.get(parent) ?? roots).push(action.action);
      actions.set(action.action, snapshot(action, parent, own));
    }
    return { actions, roots };
  }

  /** The nearest caller that is listed; 0 where there is none. Callers have lower numbers. */
  #listed(parent: ActionNumber): ActionNumber {
    let listed = parent;
    let above = this.#passed.get(listed);
    while (above !== undefined && above < listed) {
      listed = above;
      above = this.#passed.get(listed);
    }
    return this.#actions.has(listed) ? listed : 0;
  }
}

/** `undefined` where the events do not begin with `run-started`. */
export function foldRun(events: Iterable<RunEvent>, alive: boolean): RunState | undefined {
  let fold: RunFold | undefined;
  for (const event of events) {
    if (event.kind === 'run-started') fold = new RunFold(event);
    else fold?.apply(event);
  }
  return fold?.state(alive);
}

function newAction(event: ActionStarted | ActionFinished): GrowingAction {
  const { action, parent, task, key, inputs, verdict, groups } = event;
  return {
    action,
    parent,
    task,
    key,
    inputs,
    verdict,
    groups,
    attempts: [],
    logs: [],
    checkpoints: [],
    ...(event.override === undefined ? {} : { override: event.override }),
    ...(event.count === undefined ? {} : { count: event.count }),
    ...('image' in event && event.image !== undefined ? { image: event.image } : {}),
    waves: [],
    log: null,
    impurities: [],
    traced: false,
  };
}

/** What the verdict is may only be known at the end; inputs have their bytes at the start. */
function finish(action: GrowingAction, event: ActionFinished): void {
  action.key = event.key;
  action.verdict = event.verdict;
  action.finishedAt = event.at;
  action.durationMs = event.durationMs;
  action.outcome = event.outcome;
  action.waves = event.waves;
  action.log = event.log;
  action.impurities = event.impurities;
  action.traced = event.traced;
  if (event.untraced !== undefined) action.untraced = event.untraced;
  if (event.outcome.kind === 'result') forgetSaves(action);
  endAttempt(action, event.attempts, { at: event.at, outcome: event.outcome });
}

function forgetSaves(action: GrowingAction): void {
  delete action.saves;
  delete action.snapshot;
}

function startAttempt(action: GrowingAction | undefined, event: AttemptStarted): void {
  const { attempt, worker, at } = event;
  if (action === undefined) return;
  const snapshot = action.saves?.whole();
  const saved = snapshot === undefined ? {} : { snapshot };
  action.attempts.push({ attempt, worker, startedAt: at, ...saved });
}

function failAttempt(action: GrowingAction | undefined, event: AttemptFailed): void {
  const attempt = action && endAttempt(action, event.attempt, event);
  if (attempt && event.retryInMs !== undefined) attempt.retryInMs = event.retryInMs;
}

function endAttempt(
  action: GrowingAction,
  number: number,
  end: { readonly at: number; readonly outcome: Outcome },
): Growing<AttemptState> | undefined {
  const attempt = action.attempts.find((one) => one.attempt === number);
  if (attempt === undefined || attempt.endedAt !== undefined) return undefined;
  attempt.endedAt = end.at;
  attempt.outcome = end.outcome;
  return attempt;
}

function snapshot(
  action: GrowingAction,
  parent: ActionNumber,
  children: readonly ActionNumber[],
): ActionState {
  const { saves, ...own } = action;
  const saved = saves?.whole();
  return {
    ...own,
    ...(saved === undefined ? {} : { snapshot: saved }),
    parent,
    children,
    attempts: action.attempts.map((attempt) => ({ ...attempt })),
    logs: [...action.logs],
    checkpoints: [...action.checkpoints],
  };
}
