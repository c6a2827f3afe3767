import { unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { NEVER_STARTED } from '@skein/model';
import type {
  ActionKey,
  CallObservation,
  DeepSummary,
  LogPrefix,
  MapObservation,
  Observation,
  PlainObservation,
  TaskId,
  Trace,
} from '@skein/model';
import type { RunFrame } from './frame.ts';
import { actionKey } from './key.ts';
import { checkPlain } from './plain.ts';
import { type PreparedTask, keyInputs, withOmitted } from './prepare.ts';

/** A call with the outcome that its caller recorded: what a branch of a tree has to tell. */
export interface DeepCall {
  readonly task: PreparedTask;
  readonly id: TaskId;
  readonly override: Uint8Array | undefined;
  readonly key: ActionKey;
  readonly outcome: Digest;
}

/** One action of a tree as its trace tells of it, or one chunk of a process's log (O3). */
export interface Branch {
  /** Absent: a chunk of a log. */
  readonly call: DeepCall | undefined;
  /** The trace it stands on, or the summary that tells of everything beneath it. */
  trace: Trace | undefined;
  summary: DeepSummary | undefined;
  plain: readonly PlainObservation[];
  /** Names of branches. */
  below: readonly string[];
  /** Calls in the log, by name: they have to be made somewhere in the tree. */
  logged: readonly string[];
  /** Newer traces with another outcome, which only what was observed can rule out. */
  rivals: readonly Trace[];
  /** Nothing above it can be answered by a summary. */
  spoiled: boolean;
}

/** What a run has found out already. */
export interface DeepKnown {
  /** By key: what they answer for is not looked into. */
  readonly summaries: ReadonlyMap<ActionKey, DeepSummary>;
  /** By key: the traces that were found to hold, or made. */
  readonly held: ReadonlyMap<ActionKey, Trace>;
  /** By key: all its traces, newest first. What is absent is looked up. */
  readonly traces: ReadonlyMap<ActionKey, readonly Trace[]>;
}

/**
 * The trees of calls beneath some actions, read from the store level by level, each key once and
 * all keys of a level in one query.
 */
export class DeepTree {
  readonly branches = new Map<string, Branch>();
  readonly #frame: RunFrame;
  readonly #known: DeepKnown;

  constructor(frame: RunFrame, known: DeepKnown) {
    this.#frame = frame;
    this.#known = known;
  }

  async grow(roots: readonly DeepCall[]): Promise<void> {
    let level = this.#fresh(roots);
    while (level.length > 0) {
      const unknown = level.flatMap(({ key }) => (this.#known.traces.has(key) ? [] : [key]));
      const found = this.#frame.traces.lookUpMany(unknown);
      const next: DeepCall[] = [];
      for (const call of level) {
        const branch = this.branches.get(nameOf(call));
        if (branch === undefined) continue;
        const traces = this.#known.traces.get(call.key) ?? found.get(call.key) ?? [];
        const calls = await this.#fill(branch, call, traces);
        for (const one of calls) next.push(one);
      }
      level = this.#fresh(next);
    }
  }

  #fresh(calls: readonly DeepCall[]): DeepCall[] {
    return calls.filter((call) => {
      const name = nameOf(call);
      if (this.branches.has(name)) return false;
      this.branches.set(name, emptyBranch(call));
      return true;
    });
  }

  /** What the walk would stand on, and what is called there. */
  async #fill(
    branch: Branch,
    call: DeepCall,
    traces: readonly Trace[],
  ): Promise<readonly DeepCall[]> {
    const summary = this.#known.summaries.get(call.key);
    if (summary?.outcome.digest === call.outcome) {
      branch.summary = summary;
      return [];
    }
    const trace = call.task.caching ? await this.#choose(call, traces) : undefined;
    if (trace === undefined) {
      branch.spoiled = true;
      return [];
    }
    branch.trace = trace;
    // Below a version only its string and its options count (T6).
    if (call.task.vouched) return [];
    const calls = this.#read(branch, trace.waves.flat());
    branch.rivals = traces
      .slice(0, traces.indexOf(trace))
      .filter((newer) => newer.outcome.digest !== call.outcome && !this.#isRuledOut(newer, calls));
    branch.below = calls.map(nameOf);
    if (trace.log !== null) branch.below = [...branch.below, this.#log(trace.log)];
    return calls;
  }

  /** Of several traces with the outcome the one that was found to hold, else the newest. */
  async #choose({ key, outcome }: DeepCall, traces: readonly Trace[]): Promise<Trace | undefined> {
    const [newest, ...older] = traces.filter((trace) => trace.outcome.digest === outcome);
    if (newest === undefined || older.length === 0) return newest;
    const held = this.#known.held.get(key);
    const same = traces.find(({ run, action }) => run === held?.run && action === held.action);
    if (same?.outcome.digest === outcome) return same;
    for (const trace of [newest, ...older]) {
      const { changed } = await checkPlain(this.#frame, trace.waves.flat());
      if (changed === undefined) return trace;
    }
    return newest;
  }

  #read(branch: Branch, observations: readonly Observation[]): DeepCall[] {
    const plain: PlainObservation[] = [];
    const calls: DeepCall[] = [];
    for (const seen of observations) {
      if (seen.kind !== 'call' && seen.kind !== 'map') {
        plain.push(seen);
        continue;
      }
      const task = this.#frame.tasks.prepare(seen.task, seen.override, true);
      if (!task.ok) branch.spoiled = true;
      else if (seen.kind === 'call') calls.push(callOf(task.value, seen));
      else for (const item of itemsOf(task.value, seen)) calls.push(item);
    }
    branch.plain = plain;
    return calls;
  }

  /** One of its calls has another outcome now: that of the same call beneath. */
  #isRuledOut(rival: Trace, beneath: readonly DeepCall[]): boolean {
    const outcomes = new Map(beneath.map(({ key, outcome }) => [key, outcome]));
    return this.#read(emptyBranch(undefined), rival.waves.flat()).some(({ key, outcome }) => {
      const now = outcomes.get(key);
      return now !== undefined && now !== outcome;
    });
  }

  /** The name of the chunk's branch; chunks before it hang beneath it. */
  #log(prefix: LogPrefix): string {
    const { digest } = prefix;
    for (let at: LogPrefix | null = prefix; at !== null && !this.branches.has(at.digest);) {
      const branch = emptyBranch(undefined);
      this.branches.set(at.digest, branch);
      const chunk = this.#frame.logs.read(at);
      if (chunk === undefined) {
        branch.spoiled = true;
        break;
      }
      branch.logged = this.#read(branch, chunk.observations).map(nameOf);
      branch.below = chunk.previous === null ? [] : [chunk.previous.digest];
      at = chunk.previous;
    }
    return digest;
  }
}

function emptyBranch(call: DeepCall | undefined): Branch {
  return {
    call,
    trace: undefined,
    summary: undefined,
    plain: [],
    below: [],
    logged: [],
    rivals: [],
    spoiled: false,
  };
}

/** Callers that recorded different outcomes of one key speak of different branches. */
export function nameOf({ key, outcome }: DeepCall): string {
  return `${key} ${outcome}`;
}

function callOf(task: PreparedTask, seen: CallObservation): DeepCall {
  return call(task, { ...seen, override: seen.override });
}

function itemsOf(task: PreparedTask, seen: MapObservation): DeepCall[] {
  const outcomes = unpackDigests(seen.outcomes);
  return unpackDigests(seen.inputs).flatMap((input, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined || outcome === NEVER_STARTED) return [];
    return call(task, { task: seen.task, override: seen.override, inputs: [input], outcome });
  });
}

function call(
  task: PreparedTask,
  made: {
    readonly task: TaskId;
    readonly override?: Uint8Array | undefined;
    readonly inputs: readonly Digest[];
    readonly outcome: Digest;
  },
): DeepCall {
  const { outcome, override } = made;
  const key = actionKey(task.prefix, keyInputs(task, withOmitted(task, made.inputs)));
  return { task, id: made.task, override, key, outcome };
}
