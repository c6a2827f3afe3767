import type { ActionState, RunState } from '@skein/journal';
import type { ActionKey, ActionNumber, RunId, TaskId } from '@skein/model';
import { type PreparedTasks, withOmitted } from './prepare.ts';

/** Identical calls on record; those before `next` are not to be given out any more. */
export interface Alike {
  readonly actions: ActionNumber[];
  next: number;
}

/** Of several callers, by likeness. */
type Pool = ReadonlyMap<string, Alike>;

/** The calls of one caller. */
export interface OwnCalls {
  /** By identity, each by how many identical calls came before; of some nothing is on record. */
  readonly places: ReadonlyMap<string, readonly (ActionNumber | undefined)[]>;
  /** By likeness and then by identity. */
  readonly alike: ReadonlyMap<string, ReadonlyMap<string, Alike>>;
}

/** Stands for who called the entry. */
export const NOBODY: ActionNumber = 0;

/** One earlier run, looked through by who called what, and what of it is given out (R1). */
export class EarlierRun {
  readonly state: RunState;
  /** Those that an action of this run is the same call as: their calls are for that one. */
  readonly matched = new Set<ActionNumber>();
  readonly given = new Set<ActionNumber>();
  /** Taken with all beneath them. */
  readonly #whole = new Set<ActionNumber>();
  /** Something beneath them was given to somebody else. */
  readonly #broken = new Set<ActionNumber>();
  readonly #tasks: PreparedTasks;
  readonly #calls = new Map<ActionNumber, OwnCalls>();
  #callers: ReadonlyMap<TaskId, readonly ActionState[]> | undefined;
  readonly #pools = new Map<TaskId, Pool>();
  #rootPool: Pool | undefined;
  #executed: ReadonlyMap<ActionKey, ActionNumber> | undefined;
  #outcomes: ReadonlyMap<string, ActionNumber> | undefined;
  #adopted: ReadonlySet<string> | undefined;

  constructor(state: RunState, tasks: PreparedTasks) {
    this.state = state;
    this.#tasks = tasks;
  }

  get run(): RunId {
    return this.state.overview.run;
  }

  action(number: ActionNumber): ActionState | undefined {
    return this.state.actions.get(number);
  }

  /** The calls of one action by what identifies them. */
  callsOf(caller: ActionNumber): OwnCalls {
    let calls = this.#calls.get(caller);
    if (calls === undefined) {
      calls = this.#ownCalls(caller);
      this.#calls.set(caller, calls);
    }
    return calls;
  }

  /** Those whose caller is not on record. */
  get rootCalls(): Pool {
    this.#rootPool ??= this.#pool(this.state.roots);
    return this.#rootPool;
  }

  /**
   * All calls that actions of one task made, in the order in which they are given out: results
   * first, and first of callers that came to none, for these will not come as they were.
   */
  callsOfTask(task: TaskId): Pool {
    let calls = this.#pools.get(task);
    if (calls === undefined) {
      this.#callers ??= Map.groupBy(this.state.actions.values(), (action) => action.task);
      const callers = this.#callers.get(task) ?? [];
      const numbers = callers.flatMap(({ children }) => children);
      calls = this.#pool(numbers.toSorted((a, b) => this.#rank(a) - this.#rank(b) || a - b));
      this.#pools.set(task, calls);
    }
    return calls;
  }

  /** An executed action with this key and outcome. */
  executed({ key, outcome }: ActionState): ActionNumber | undefined {
    if (key === null || outcome === undefined) return undefined;
    this.#executed ??= new Map(
      [...this.state.actions.values()].flatMap((action) =>
        action.verdict.kind === 'execute' && action.key !== null && action.outcome !== undefined
          ? [[action.key, action.action] as const]
          : [],
      ),
    );
    const number = this.#executed.get(key);
    const found = number === undefined ? undefined : this.action(number);
    return found?.outcome?.digest === outcome.digest ? number : undefined;
  }

  /** The action behind a call that somebody observed with this outcome. */
  withOutcome(identity: string, outcome: string): ActionNumber | undefined {
    this.#outcomes ??= new Map(
      [...this.state.actions.values()].flatMap((action) => {
        const own = this.identityOf(action);
        if (own === undefined || action.outcome === undefined) return [];
        return [[`${own.exact}|${action.outcome.digest}`, action.action] as const];
      }),
    );
    return this.#outcomes.get(`${identity}|${outcome}`);
  }

  identityOf({
    task,
    override,
    inputs,
  }: Pick<ActionState, 'task' | 'override' | 'inputs'>):
    | { readonly exact: string; readonly like: string }
    | undefined {
    const named = this.#tasks.naming(task, override);
    if (!named.ok) return undefined;
    const { identity, likeness } = named.value;
    const digests = inputs.map(({ digest }) => digest);
    let end = '';
    for (const digest of withOmitted(named.value, digests)) end += `|${digest}`;
    return { exact: identity + end, like: likeness + end };
  }

  /** Whether one of its actions is the adopted result of that one. */
  hasAdopted(run: RunId, action: ActionNumber): boolean {
    this.#adopted ??= new Set(
      [...this.state.actions.values()].flatMap(({ verdict: { reason } }) =>
        reason.kind === 'adopted' ? [`${reason.run} ${reason.action}`] : [],
      ),
    );
    return this.#adopted.has(`${run} ${action}`);
  }

  /** Whether it may be given to a caller that it was not called by. */
  isFree(number: ActionNumber): boolean {
    const parent = this.action(number)?.parent ?? NOBODY;
    if (this.given.has(number) || this.matched.has(parent)) return false;
    for (let above = number; above !== NOBODY; above = this.#above(above)) {
      if (this.#whole.has(above)) return false;
    }
    return true;
  }

  /** Given to somebody who did not call it then: no caller above is a whole any more. */
  give(number: ActionNumber): void {
    this.given.add(number);
    for (let above = this.#above(number); above !== NOBODY; above = this.#above(above)) {
      if (this.#broken.has(above)) return;
      this.#broken.add(above);
    }
  }

  isBroken(number: ActionNumber): boolean {
    return this.#broken.has(number);
  }

  take(number: ActionNumber): void {
    this.#whole.add(number);
  }

  #above(number: ActionNumber): ActionNumber {
    return this.action(number)?.parent ?? NOBODY;
  }

  #rank(number: ActionNumber): number {
    const action = this.action(number);
    const caller = this.action(action?.parent ?? NOBODY);
    return (isResult(action) ? 0 : 2) + (isResult(caller) ? 1 : 0);
  }

  #ownCalls(caller: ActionNumber): OwnCalls {
    const own = this.action(caller);
    const children = caller === NOBODY ? this.state.roots : (own?.children ?? []);
    const retried = (own?.attempts.length ?? 0) > 1;
    const same = new Map<string, ActionState[]>();
    const alike = new Map<string, Map<string, Alike>>();
    for (const number of children) {
      const action = this.action(number);
      const identity = action && this.identityOf(action);
      if (action === undefined || identity === undefined) continue;
      const { exact, like } = identity;
      const before = same.get(exact);
      if (before === undefined) same.set(exact, [action]);
      else before.push(action);
      if (!alike.has(like)) alike.set(like, new Map());
      alike.get(like)?.set(exact, { actions: [], next: 0 });
    }
    const places = new Map<string, readonly (ActionNumber | undefined)[]>();
    for (const [exact, actions] of same) {
      const placed = inPlaces(actions, retried);
      places.set(
        exact,
        placed.map((one) => one?.action),
      );
    }
    for (const ofLike of alike.values()) {
      for (const [exact, { actions }] of ofLike) {
        actions.push(...(places.get(exact) ?? []).filter((one) => one !== undefined));
      }
    }
    return { places, alike };
  }

  #pool(numbers: readonly ActionNumber[]): Pool {
    const calls = new Map<string, Alike>();
    for (const number of numbers) {
      const action = this.action(number);
      const like = action && this.identityOf(action)?.like;
      if (like === undefined) continue;
      const alike = calls.get(like);
      if (alike === undefined) calls.set(like, { actions: [number], next: 0 });
      else alike.actions.push(number);
    }
    return calls;
  }
}

/**
 * Identical calls of one caller by how many came before. `retried`: what failed was made again by
 * a later attempt, which is furthest. Those that a check had called, whose own caller is not
 * listed, come last.
 */
export function inPlaces(
  alike: readonly ActionState[],
  retried: boolean,
): readonly (ActionState | undefined)[] {
  const places: (ActionState | undefined)[] = [];
  const others: ActionState[] = [];
  for (const action of alike) {
    const { count = 0 } = action;
    const there = places[count];
    if (there === undefined || (retried && !isResult(there))) places[count] = action;
    else others.push(action);
  }
  return [...places, ...others];
}

export function isResult(action: ActionState | undefined): boolean {
  return action?.outcome?.kind === 'result';
}
