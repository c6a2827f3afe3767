import { unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { NEVER_STARTED } from '@skein/model';
import type {
  CallObservation,
  MapObservation,
  Observation,
  Outcome,
  Reason,
  TaskId,
  Trace,
  Wave,
} from '@skein/model';
import { deepAnswer } from './deep-answer.ts';
import { makesCalls } from './deep.ts';
import { describeTask } from './describe.ts';
import type { RunFrame } from './frame.ts';
import { lookUpLeaf, unfit } from './leaf.ts';
import { isSomewhere } from './present.ts';
import { checkPlain, lookAhead } from './plain.ts';
import {
  callOf,
  callsAsBefore,
  hasInputs,
  identityOf,
  nameOf,
  reused,
  slotName,
  slotsIn,
} from './plan-call.ts';
import type { Asker, ForeseenCall, Outlook, OutlookCall, PastExecution } from './plan-outlook.ts';
import { PlanTimes } from './plan-times.ts';
import { PlanTraces } from './plan-traces.ts';
import type { PreparedTask } from './prepare.ts';
import { recallInputs } from './spec.ts';

/*
 * What would become of a call, without making any. What this file owns: what follows for certain.
 * O1  A look-up goes as in a run (T2), but that a call which has to execute has no outcome. Then
 *     what is beyond it is open, and so is its caller.
 * O2  A call is made for certain where everything seen before it is as it was: the earlier waves
 *     of the trace that is checked, or of an execution with the same code and inputs.
 * O3  Of an action that executes for certain the calls of its last execution are expected, no
 *     more: they say what may be called.
 * O4  One question after the other, so whoever meets itself waits for nobody.
 * O5  What executing actions would write outside their scratch folders nobody knows.
 */

export interface PlanSources {
  readonly frame: RunFrame;
  /** Executions of a task that left no trace, the newest first. */
  readonly past: (task: TaskId) => readonly PastExecution[];
  /** Tasks that a task's code names. */
  readonly mayCall: (task: TaskId) => readonly TaskId[];
}

/** How far a recorded execution is followed. */
interface Following {
  readonly asker: Asker;
  readonly below: boolean;
  /** Nothing that was seen so far is open. */
  sure: boolean;
  readonly calls: OutlookCall[];
  /** Tasks whose calls have no outcome yet, or another one. */
  readonly open: Set<TaskId>;
  /** The same, of this trace alone, and how it was when the present wave began. */
  ahead: Set<TaskId>;
  after: readonly TaskId[];
  /** How many calls of each kind there were: of one trace, as the slots of a caller count. */
  counts: Map<string, number>;
  wave: number;
  /** What its calls are made with can be brought from where it was found. */
  brings: boolean;
}

type Followed =
  | { readonly kind: 'same' }
  | { readonly kind: 'open' }
  | { readonly kind: 'changed'; readonly reason: Reason };

const SAME = { kind: 'same' } as const;

export class Outlooks {
  readonly #sources: PlanSources;
  readonly #frame: RunFrame;
  readonly #traces: PlanTraces;
  readonly #times: PlanTimes;
  readonly #known = new Map<string, Outlook>();
  readonly #asking = new Set<string>();

  constructor(sources: PlanSources) {
    this.#sources = sources;
    this.#frame = sources.frame;
    this.#traces = new PlanTraces(sources.frame);
    this.#times = new PlanTimes(sources.frame, this.#traces);
  }

  /** `undefined`: the call waits for itself. */
  async of(call: ForeseenCall, asker: Asker): Promise<Outlook | undefined> {
    const name = nameOf(call, asker);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#asking.has(name)) return undefined;
    this.#asking.add(name);
    const outlook = (await this.#asChecked(call, asker)) ?? (await this.#find(call, asker));
    this.#asking.delete(name);
    this.#known.set(name, outlook);
    return outlook;
  }

  /** A result that satisfies a check answers a caller, too, if its bytes are there. */
  async #asChecked(call: ForeseenCall, asker: Asker): Promise<Outlook | undefined> {
    const checked = asker === 'caller' ? this.#known.get(nameOf(call, 'check')) : undefined;
    const isAnswer = checked?.fate.kind === 'reuse' && checked.fate.ifCalled === undefined;
    return isAnswer ? checked : undefined;
  }

  async #find(call: ForeseenCall, asker: Asker): Promise<Outlook> {
    const { task, key } = call;
    if (key === null) return await this.#uncached(call);
    if (task.forced) return await this.#executing(call, { kind: 'forced' }, []);
    const traces = this.#traces.of(key);
    const leaf = lookUpLeaf(this.#frame, task, traces);
    if (leaf !== undefined) return { ...this.#reused(call, leaf.outcome), atOnce: true };
    const isDeep = !task.vouched && traces.some(makesCalls);
    const deep = isDeep ? await deepAnswer(this.#frame, { task, key }, () => false) : undefined;
    if (deep !== undefined) {
      const { outcome, tasks } = deep.summary;
      const beneath = new Map<TaskId, number>();
      for (const one of tasks) beneath.set(one.task, (beneath.get(one.task) ?? 0) + one.actions);
      return this.#reused(call, outcome, { beneath });
    }
    return await this.#lookUp(call, asker, this.#traces.all({ task, key }));
  }

  /** As `lookUp` does, trace by trace (O1). */
  async #lookUp(call: ForeseenCall, asker: Asker, traces: AsyncIterable<Trace>): Promise<Outlook> {
    const { task } = call;
    const following = this.#follow('check', task.caching);
    let reason: Reason | undefined;
    for await (const trace of traces) {
      if (trace.outcome.kind === 'error' && asker === 'caller') {
        reason = { kind: 'failed-before' };
        continue;
      }
      const refusal = unfit(this.#frame, task, trace);
      if (refusal !== undefined) {
        reason = refusal;
        continue;
      }
      const followed = task.vouched ? SAME : await this.#trace(trace, following);
      if (followed.kind === 'changed') {
        ({ reason } = followed);
        continue;
      }
      if (followed.kind === 'open' || following.open.size > 0) {
        return await this.#open(call, trace, following);
      }
      const ifCalled = await this.#refusal(trace.outcome);
      if (asker === 'check' || ifCalled === undefined) {
        return this.#reused(call, trace.outcome, { calls: following.calls, ifCalled });
      }
      reason = ifCalled;
    }
    const why = reason ?? this.#frame.explain(task, call.inputs, call.given);
    return await this.#executing(call, why, following.calls);
  }

  /** Why an outcome that satisfies a check is no answer to a running caller (K2). */
  async #refusal(outcome: Outcome): Promise<Reason | undefined> {
    if (outcome.kind === 'error') return { kind: 'failed-before' };
    if (await isSomewhere(this.#frame, outcome)) return undefined;
    return { kind: 'bytes-missing', digest: outcome.artifact ?? outcome.digest };
  }

  /** If it executes after all it asks for results, where a check is content with less (K2). */
  async #open(call: ForeseenCall, { waves }: Trace, checked: Following): Promise<Outlook> {
    const following = this.#follow('caller', call.task.caching);
    following.sure = false;
    for (const wave of waves) await this.#calls(wave, following);
    return {
      call,
      fate: { kind: 'unknown', unless: [...checked.open] },
      calls: [...checked.calls, ...following.calls],
      mayCall: [],
      expected: () => this.#expected(call),
    };
  }

  /** It executes if it is called; what it called last is what it may call (O3). */
  async #executing(
    call: ForeseenCall,
    reason: Reason,
    made: readonly OutlookCall[],
  ): Promise<Outlook> {
    const following = this.#follow('caller', call.task.caching);
    following.sure = false;
    if (!callsAsBefore(reason)) following.ahead.add(call.task.id);
    const last = this.#lastExecution(call);
    for (const wave of last ?? []) await this.#calls(wave, following);
    return {
      call,
      fate: { kind: 'execute', reason },
      calls: [...made, ...following.calls],
      mayCall: last === undefined ? this.#sources.mayCall(call.task.id) : [],
      expected: () => this.#expected(call),
    };
  }

  #lastExecution({ key, task, inputs }: ForeseenCall): readonly Wave[] | undefined {
    const [own] = key === null ? [] : this.#traces.of(key);
    if (own !== undefined) return own.waves;
    for (const other of this.#frame.traces.keysOfTask(task.id)) {
      const [newest] = this.#traces.of(other);
      if (newest !== undefined) return newest.waves;
    }
    const past = this.#sources.past(task.id);
    return (past.find((one) => hasInputs(one, inputs)) ?? past[0])?.waves;
  }

  /** Always executes; with the same code and inputs it begins as it did before (O2). */
  async #uncached(call: ForeseenCall): Promise<Outlook> {
    const { task, inputs } = call;
    const reason: Reason = { kind: 'caching-off' };
    const past = this.#sources.past(task.id).find((one) => hasInputs(one, inputs));
    if (past?.sameCode !== true || past.impurities.length > 0) {
      return await this.#executing(call, reason, []);
    }
    const following = this.#follow('caller', task.caching);
    const log = await this.#frame.logs.check(past.log);
    if (log.changed !== undefined || log.open.length > 0) following.sure = false;
    for (const wave of past.waves) {
      const { changed } = await checkPlain(this.#frame, wave);
      if (changed !== undefined) following.sure = false;
      const followed = await this.#calls(wave, following);
      if (followed.kind !== 'same') following.sure = false;
    }
    const { calls } = following;
    const expected = (): number | null => this.#expected(call);
    return { call, fate: { kind: 'execute', reason }, calls, mayCall: [], expected };
  }

  #reused(call: ForeseenCall, outcome: Outcome, more: Parameters<typeof reused>[2] = {}): Outlook {
    return reused(call, outcome, { ...more, expected: () => this.#expected(call) });
  }

  #expected({ task, key, inputs }: ForeseenCall): number | null {
    const traced = this.#times.expected(task.id, key);
    if (traced !== null) return traced;
    const past = this.#sources.past(task.id);
    return (past.find((one) => hasInputs(one, inputs)) ?? past[0])?.selfMs ?? null;
  }

  #follow(asker: Asker, below: boolean): Following {
    return {
      asker,
      below,
      sure: true,
      calls: [],
      open: new Set(),
      ahead: new Set(),
      after: [],
      counts: new Map(),
      wave: 0,
      brings: false,
    };
  }

  /** One trace, wave by wave, as `Check` does. */
  async #trace(trace: Trace, following: Following): Promise<Followed> {
    const log = await this.#frame.logs.check(trace.log);
    if (log.changed !== undefined) return { kind: 'changed', reason: log.changed };
    following.counts = new Map();
    following.ahead = new Set();
    following.brings = trace.origin !== undefined && this.#frame.far !== undefined;
    let open = false;
    for (const wave of trace.waves) {
      const { changed } = await checkPlain(this.#frame, wave);
      if (changed !== undefined) return { kind: 'changed', reason: changed };
      const followed = await this.#calls(wave, following);
      if (followed.kind === 'changed') return followed;
      open ||= followed.kind === 'open';
    }
    // Its own calls have been looked at; of others in its log nobody knows yet.
    const own = new Set(trace.waves.flat().flatMap(slotsIn));
    for (const { task, inputs } of log.open) {
      if (!own.has(slotName(task, inputs))) following.open.add(task);
    }
    return open || following.open.size > 0 ? { kind: 'open' } : SAME;
  }

  /** The calls of one wave: all of them are made at the same time. */
  async #calls(wave: readonly Observation[], following: Following): Promise<Followed> {
    following.wave += 1;
    following.after = [...following.ahead];
    const { sure } = following;
    let result: Followed = SAME;
    for (const seen of wave) {
      if (seen.kind !== 'call' && seen.kind !== 'map') continue;
      const followed = await this.#observed(seen, { ...following, sure });
      if (result.kind !== 'changed' && followed.kind !== 'same') result = followed;
    }
    if (following.open.size > 0) following.sure = false;
    return result;
  }

  async #observed(seen: CallObservation | MapObservation, following: Following): Promise<Followed> {
    const changed: Followed = {
      kind: 'changed',
      reason: { kind: 'child-changed', task: describeTask(seen.task) },
    };
    const ready = this.#frame.tasks.ready(seen.task, seen.override, following.below);
    const task = ready instanceof Promise ? await ready : ready;
    if (!task.ok) return changed;
    if (seen.kind === 'map') return await this.#mapped(task.value, seen, following);
    const call = callOf(task.value, seen.inputs, seen.override);
    const followed = await this.#one(call, seen.outcome, following);
    return followed === 'changed' ? changed : { kind: followed };
  }

  /**
   * The items of a map start a few at a time, and none any more after the first that differs, or
   * fails: those that certainly start are the first few of which anything is to be found out.
   */
  async #mapped(task: PreparedTask, seen: MapObservation, following: Following): Promise<Followed> {
    const outcomes = unpackDigests(seen.outcomes);
    const items = unpackDigests(seen.inputs).flatMap((input, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined || outcome === NEVER_STARTED) return [];
      return { call: callOf(task, [input], seen.override), outcome };
    });
    const { asker, sure } = following;
    let result: 'same' | 'open' | 'changed' = 'same';
    let started = 0;
    await this.#lookAhead(items);
    for (const { call, outcome } of items) {
      const starts = result === 'same' || started < seen.concurrency;
      const settled = asker === 'caller' && seen.settled;
      const followed = await this.#one(call, outcome, {
        ...following,
        sure: sure && (starts || settled),
      });
      const passed = asker === 'check' && followed === 'same' && this.#isAtOnce(call);
      if (!passed) started += 1;
      if (followed !== 'same' && result !== 'changed') result = followed;
    }
    if (result !== 'changed') return { kind: result };
    return { kind: 'changed', reason: { kind: 'child-changed', task: describeTask(seen.task) } };
  }

  /** Has the world look at what the items' traces observed all at once. */
  async #lookAhead(items: readonly { readonly call: ForeseenCall }[]): Promise<void> {
    const keys = items.flatMap(({ call }) => (call.task.forced ? [] : (call.key ?? [])));
    await this.#traces.ahead(keys);
    await lookAhead(
      this.#frame,
      this.#traces.newestOf(keys).flatMap(({ waves }) => waves),
    );
  }

  #isAtOnce(call: ForeseenCall): boolean {
    return this.#known.get(nameOf(call, 'check'))?.atOnce === true;
  }

  /** One call, compared with the outcome that was recorded. */
  async #one(
    call: ForeseenCall,
    recorded: Digest,
    following: Following,
  ): Promise<'same' | 'open' | 'changed'> {
    const { asker, sure, ahead, after, wave, counts } = following;
    const identity = identityOf(call);
    const count = counts.get(identity) ?? 0;
    counts.set(identity, count + 1);
    const outlook = await this.of(call, asker);
    if (outlook === undefined) return 'changed';
    const { fate } = outlook;
    if (fate.kind !== 'reuse' && asker === 'check' && !following.brings) {
      // A check cannot make a call whose inputs are gone (T5).
      if ((await recallInputs(this.#frame, call.inputs)) === undefined) return 'changed';
    }
    following.calls.push({ outlook, sure, after, slot: `${identity}|${count}`, wave });
    if (fate.kind === 'reuse' && fate.outcome.digest === recorded) return 'same';
    const isOpen = fate.kind !== 'reuse';
    if (isOpen) following.open.add(call.task.id);
    if (isOpen || asker === 'caller') ahead.add(call.task.id);
    return isOpen ? 'open' : 'changed';
  }
}
