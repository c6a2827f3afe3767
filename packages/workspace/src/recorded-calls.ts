import { type ActionState, type RunState, isAlive, readRun } from '@skein/journal';
import type { ActionKey, ActionNumber, Outcome, Trace } from '@skein/model';
import type { Archive } from './explained.ts';

/** A call with its outcome, where it is recorded. */
export interface RecordedCall {
  readonly state: RunState;
  readonly action: ActionState;
  /** Tasks, inputs and how many identical calls were before: what calls are compared by. */
  readonly name: string;
  /** Its index, or -1. */
  readonly caller: number;
  /** The action that executed; `undefined` where it is not recorded any more. */
  readonly made: MadeBy | undefined;
}

/** An action of a run. */
export interface MadeBy {
  readonly state: RunState;
  readonly action: ActionState;
}

/** Earlier runs that a run reused results of are read up to so many actions. */
const ACTIONS = 200_000;

/** Numbers for the tasks from an entry down to a caller; runs that are compared share one. */
export type CallPaths = Map<string, number>;

/**
 * Every call of a run, callers before their calls: those of reused actions as the run that
 * executed them recorded them.
 */
export function recordedCalls(
  archive: Archive,
  state: RunState,
  paths: CallPaths,
): readonly RecordedCall[] {
  return new Calls(archive, state, paths).all();
}

interface Open {
  readonly state: RunState;
  readonly action: ActionState;
  readonly caller: number;
  readonly above: number;
}

class Calls {
  readonly #archive: Archive;
  readonly #runs = new Map<string, RunState | undefined>();
  readonly #paths: CallPaths;
  readonly #counts = new Map<string, number>();
  readonly #calls: RecordedCall[] = [];
  readonly #stack: Open[] = [];
  #read: number;

  constructor(archive: Archive, state: RunState, paths: CallPaths) {
    this.#archive = archive;
    this.#paths = paths;
    this.#runs.set(state.overview.run, state);
    this.#read = state.actions.size;
    this.#push(state, state.roots, { caller: -1, above: 0 });
  }

  /** With a stack of its own: chains of calls may be deeper than ours. */
  all(): readonly RecordedCall[] {
    for (let open = this.#stack.pop(); open !== undefined; open = this.#stack.pop()) {
      this.#visit(open);
    }
    return this.#calls;
  }

  #visit({ state, action, caller, above }: Open): void {
    const path = this.#pathOf(above, action.task);
    const call = `${path} ${action.inputs.map(({ digest }) => digest).join(' ')}`;
    const count = this.#counts.get(call) ?? 0;
    this.#counts.set(call, count + 1);
    const made = this.#maker(state, action);
    const index = this.#calls.length;
    this.#calls.push({ state, action, name: `${call} ${count}`, caller, made });
    if (made !== undefined && this.#calls.length < ACTIONS) {
      this.#push(made.state, made.action.children, { caller: index, above: path });
    }
  }

  #push(
    state: RunState,
    numbers: readonly ActionNumber[],
    at: { readonly caller: number; readonly above: number },
  ): void {
    for (const number of numbers.toReversed()) {
      const action = state.actions.get(number);
      if (action !== undefined) this.#stack.push({ state, action, ...at });
    }
  }

  #pathOf(above: number, task: string): number {
    const name = `${above} ${task}`;
    const known = this.#paths.get(name);
    if (known !== undefined) return known;
    const path = this.#paths.size + 1;
    this.#paths.set(name, path);
    return path;
  }

  /** The action that really executed, with the calls it made. */
  #maker(state: RunState, action: ActionState): MadeBy | undefined {
    if (action.verdict.kind === 'execute') return { state, action };
    const trace = ownTraceOf(this.#archive, action);
    const run = trace === undefined ? undefined : this.#stateOf(trace.run);
    const made = trace === undefined ? undefined : run?.actions.get(trace.action);
    if (run === undefined || made?.verdict.kind !== 'execute') return undefined;
    return { state: run, action: made };
  }

  #stateOf(run: string): RunState | undefined {
    if (this.#runs.has(run)) return this.#runs.get(run);
    const read = this.#read < ACTIONS ? readRun(this.#archive.db, run, isAlive) : undefined;
    const state = read?.ok === true ? read.value : undefined;
    this.#read += state?.actions.size ?? 0;
    this.#runs.set(run, state);
    return state;
  }
}

/** The trace that a reused action got its outcome from. */
export function traceOf(
  { traces }: Pick<Archive, 'traces'>,
  action: {
    readonly key: ActionKey | null;
    readonly outcome?: Outcome;
    readonly finishedAt?: number;
  },
): Trace | undefined {
  const { key, outcome, finishedAt = Infinity } = action;
  if (key === null || outcome === undefined) return undefined;
  return traces
    .lookUp(key)
    .find((one) => one.outcome.digest === outcome.digest && isBefore(one, finishedAt));
}

/** The same where it names a run of this state: those of others are told by others. */
export function ownTraceOf(...of: Parameters<typeof traceOf>): Trace | undefined {
  const trace = traceOf(...of);
  return trace?.origin === undefined ? trace : undefined;
}

/** Another machine's clock says nothing about this one's. */
function isBefore({ at, origin }: Trace, moment: number): boolean {
  return origin !== undefined || at <= moment;
}
