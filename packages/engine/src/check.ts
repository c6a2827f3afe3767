import { unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { NEVER_STARTED } from '@skein/model';
import type {
  ActionKey,
  CallObservation,
  MapObservation,
  Observation,
  Reason,
  Trace,
} from '@skein/model';
import { describeTask } from './describe.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';
import { recalledInputs, specOf } from './spec.ts';
import { actionKey } from './key.ts';
import { lookUpLeaf } from './leaf.ts';
import { callsIn } from './foresee.ts';
import type { LogCheck, RecordedCall } from './logs.ts';
import { type PlainCheck, checkPlain, lookAhead } from './plain.ts';
import { type PreparedTask, keyInputs, withOmitted } from './prepare.ts';
import type { SettledCall } from './settled-call.ts';

/** After this many executed waves of one call each, the caller is started instead (T5). */
const EXECUTED_WAVES = 8;

export type CheckResult =
  | { readonly kind: 'same' }
  | { readonly kind: 'changed'; readonly reason: Reason }
  /** The caller is to run; what was found stays in its slots. */
  | { readonly kind: 'start-caller'; readonly reason: Reason };

const SAME: CheckResult = { kind: 'same' };

function childChanged(task: string, action: number | undefined): Reason {
  const reason = { kind: 'child-changed', task: describeTask(task) } as const;
  return action === undefined ? reason : { ...reason, action };
}

/**
 * Checks one trace wave by wave (T2). Calls are made through the slots of `node`, so however many
 * traces there are a call is made once, and answers the caller if it then runs (T3).
 */
export class Check {
  readonly #frame: RunFrame;
  readonly #node: LiveAction;
  /** Waves of a single call that executed, by that call: traces have them in common. */
  readonly #executedWaves = new Set<string>();
  #held = 0;

  constructor(frame: RunFrame, node: LiveAction) {
    this.#frame = frame;
    this.#node = node;
  }

  /** How far the trace that was checked last has held, to compare traces by. */
  get held(): number {
    return this.#held;
  }

  async trace(trace: Trace): Promise<CheckResult> {
    const counts = new Map<string, number>();
    this.#held = 0;
    for (const wave of trace.waves) {
      const result = await this.#wave(wave, { trace, counts });
      if (result.kind !== 'same') return result;
    }
    if (trace.log === null) return SAME;
    const log = await this.#frame.logs.check(trace.log);
    const changed = this.#changed(log);
    return changed.kind === 'same' ? openCalls(trace, log) : changed;
  }

  /**
   * What was seen before the first call had its outcome, then the calls, then the rest. What the
   * log holds decided which calls were made, too: it is checked before any of them (T2).
   */
  async #wave(wave: readonly Observation[], { trace, counts }: Followed): Promise<CheckResult> {
    const first = wave.findIndex(({ kind }) => kind === 'call' || kind === 'map');
    if (first < 0) return this.#plain(wave);
    const before = first === 0 ? SAME : await this.#plain(wave.slice(0, first));
    if (before.kind !== 'same') return before;
    const log = trace.log === null ? SAME : this.#changed(await this.#frame.logs.check(trace.log));
    if (log.kind !== 'same') return log;
    const calls = await this.#calls(wave, { trace, counts });
    if (calls.kind !== 'same') return calls;
    this.#held += 1;
    // The calls may have written what was looked at before them.
    return this.#plain(this.#frame.writes.any ? wave : wave.slice(first));
  }

  async #plain(observations: readonly Observation[]): Promise<CheckResult> {
    return this.#changed(await checkPlain(this.#frame, observations));
  }

  #changed(check: PlainCheck): CheckResult {
    if (check.fleeting) this.#node.volatile = true;
    if (check.changed !== undefined) return { kind: 'changed', reason: check.changed };
    this.#held += 1;
    return SAME;
  }

  async #calls(wave: readonly Observation[], followed: Followed): Promise<CheckResult> {
    const checks: Promise<CheckedCall>[] = [];
    for (const observation of wave) {
      if (observation.kind === 'call') checks.push(this.#call(observation, followed));
      else if (observation.kind === 'map') checks.push(this.#map(observation, followed));
    }
    if (checks.length === 0) return SAME;
    const checked = await Promise.all(checks);
    const different = checked.find((call) => !call.same);
    if (different !== undefined) {
      const { task, executed } = different;
      return { kind: 'changed', reason: childChanged(task, executed) };
    }
    const [only] = checked;
    if (checked.length === 1 && only?.slot !== undefined && only.executed !== undefined) {
      this.#executedWaves.add(only.slot);
      if (this.#executedWaves.size >= EXECUTED_WAVES) {
        return { kind: 'start-caller', reason: childChanged(only.task, only.executed) };
      }
    }
    return SAME;
  }

  async #call(observation: CallObservation, { trace, counts }: Followed): Promise<CheckedCall> {
    const { task, override } = observation;
    const ready = this.#frame.tasks.ready(task, override, this.#node.caching);
    const prepared = ready instanceof Promise ? await ready : ready;
    if (!prepared.ok) return { task, same: false, executed: undefined, slot: undefined };
    const spec = this.#spec(prepared.value, { inputs: observation.inputs, override, trace });
    const { settled, slot } = await this.#settle(spec, counts);
    const same = settled.how !== 'impossible' && settled.outcome.digest === observation.outcome;
    return { task, same, executed: executedIn(settled), slot };
  }

  /** One observation, checked at its own concurrency; it ends at the first item that differs. */
  async #map(observation: MapObservation, { trace, counts }: Followed): Promise<CheckedCall> {
    const { task, override } = observation;
    const ready = this.#frame.tasks.ready(task, override, this.#node.caching);
    const prepared = ready instanceof Promise ? await ready : ready;
    if (!prepared.ok) return { task, same: false, executed: undefined, slot: undefined };
    const inputs = unpackDigests(observation.inputs);
    const outcomes = unpackDigests(observation.outcomes);
    const open = await this.#openItems(prepared.value, inputs, outcomes);
    let same = true;
    let executed: number | undefined;
    const work = async (): Promise<void> => {
      for (let index = open.pop(); same && index !== undefined; index = open.pop()) {
        const input = inputs[index];
        if (input === undefined) return;
        const spec = this.#spec(prepared.value, { inputs: [input], override, trace });
        const { settled } = await this.#settle(spec, counts);
        if (settled.how !== 'impossible' && settled.outcome.digest === outcomes[index]) continue;
        if (same) executed = executedIn(settled);
        same = false;
      }
    };
    const width = Math.min(observation.concurrency, open.length);
    await Promise.all(Array.from({ length: width }, work));
    return { task, same, executed, slot: undefined };
  }

  /**
   * The items that have to be called to be checked, the last one first. The others are known by
   * traces that called nothing, looked up in one query: no call of theirs needs a slot.
   */
  async #openItems(
    task: PreparedTask,
    inputs: readonly Digest[],
    outcomes: readonly Digest[],
  ): Promise<number[]> {
    const started = inputs.flatMap((_, index) =>
      outcomes[index] === NEVER_STARTED ? [] : [index],
    );
    if (!task.caching || task.forced) return started.toReversed();
    const keys = inputs.map((input) =>
      actionKey(task.prefix, keyInputs(task, withOmitted(task, [input]))),
    );
    const wanted = started.flatMap((index) => keys[index] ?? []);
    const near = this.#frame.traces.lookUpMany(wanted);
    const known = this.#frame.far === undefined ? near : await this.#withFar(wanted, near);
    for (const [key, traces] of known) this.#frame.deep.looked(key, traces);
    await this.#lookAhead([...known.values()].flatMap(([newest]) => newest ?? []));
    return started
      .filter((index) => {
        const key = keys[index];
        const traces = key === undefined ? [] : (known.get(key) ?? []);
        const leaf = lookUpLeaf(this.#frame, task, traces);
        if (leaf?.outcome.digest !== outcomes[index]) return true;
        if (leaf?.origin !== undefined) this.#frame.taken(task);
        return false;
      })
      .toReversed();
  }

  /** What nothing is known of near is asked for at once. */
  async #withFar(
    keys: readonly ActionKey[],
    near: ReadonlyMap<ActionKey, readonly Trace[]>,
  ): Promise<ReadonlyMap<ActionKey, readonly Trace[]>> {
    const unknown = keys.filter((key) => !near.has(key));
    if (unknown.length === 0) return near;
    await this.#frame.far?.ahead(unknown);
    return new Map([...near, ...this.#frame.traces.lookUpMany(unknown)]);
  }

  /** What the items' traces observed is looked at all at once, and each log once. */
  async #lookAhead(traces: readonly Trace[]): Promise<void> {
    const logs = new Map(traces.flatMap(({ log }) => (log === null ? [] : [[log.digest, log]])));
    for (const log of logs.values()) await this.#frame.logs.check(log);
    await lookAhead(
      this.#frame,
      traces.flatMap(({ waves }) => waves),
    );
  }

  #spec(
    task: PreparedTask,
    call: {
      readonly inputs: readonly Digest[];
      readonly override: Uint8Array | undefined;
      readonly trace: Trace;
    },
  ): CallSpec {
    const inputs = withOmitted(task, call.inputs);
    return specOf(task, {
      inputs,
      args: () => recalledInputs(this.#frame, inputs, call.trace),
      groups: this.#node.groups,
      override: call.override,
    });
  }

  async #settle(
    spec: CallSpec,
    counts: Map<string, number>,
  ): Promise<{ readonly settled: SettledCall; readonly slot: string }> {
    const count = counts.get(spec.identity) ?? 0;
    counts.set(spec.identity, count + 1);
    const settled = await this.#frame.checkCall(this.#node, { spec, count });
    return { settled, slot: `${spec.identity}|${count}` };
  }
}

/** Calls in the log that nobody knows are fine if they are the action's own: they were made. */
function openCalls(trace: Trace, { open }: LogCheck): CheckResult {
  if (open.length === 0) return SAME;
  const own = new Set(trace.waves.flat().flatMap(callsIn).map(nameOf));
  const other = open.find((call) => !own.has(nameOf(call)));
  if (other === undefined) return SAME;
  const task = describeTask(other.task);
  return { kind: 'changed', reason: { kind: 'logged-call-changed', task } };
}

function nameOf({ task, inputs, override, outcome }: RecordedCall): string {
  const overridden = override === undefined ? '' : Buffer.from(override).toString('hex');
  return [task, overridden, outcome, ...inputs].join('|');
}

function executedIn(settled: SettledCall): number | undefined {
  return settled.how === 'executed' ? settled.action : undefined;
}

/** A trace, and how many calls of each kind were met in it. */
interface Followed {
  readonly trace: Trace;
  readonly counts: Map<string, number>;
}

interface CheckedCall {
  readonly task: string;
  readonly same: boolean;
  /** The number of the action that executed for it, if one did. */
  readonly executed: number | undefined;
  /** Which call it was; absent for a map. */
  readonly slot: string | undefined;
}
