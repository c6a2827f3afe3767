import { OMITTED, encode, inputDigest, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { NEVER_STARTED } from '@skein/model';
import type { CallObservation, MapObservation, Observation, Reason, Trace } from '@skein/model';
import { describeTask } from './describe.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';
import { recallInputs, specOf } from './spec.ts';
import { actionKey } from './key.ts';
import { lookUpLeaf } from './leaf.ts';
import { type PreparedTask, keyInputs } from './prepare.ts';
import type { SettledCall } from './settled-call.ts';

/** After this many executed waves of one call each, the caller is started instead (T5). */
const EXECUTED_WAVES = 8;

export type CheckResult =
  | { readonly kind: 'same' }
  | { readonly kind: 'changed'; readonly reason: Reason }
  /** The caller is to run; what was found stays in its slots. */
  | { readonly kind: 'start-caller'; readonly reason: Reason };

function childChanged(task: string): Reason {
  return { kind: 'child-changed', task: describeTask(task) };
}

/**
 * Checks one trace wave by wave (T2). Calls are made through the slots of `node`, so however many
 * traces there are a call is made once, and answers the caller if it then runs (T3).
 */
export class Check {
  readonly #frame: RunFrame;
  readonly #node: LiveAction;
  #executedWaves = 0;

  constructor(frame: RunFrame, node: LiveAction) {
    this.#frame = frame;
    this.#node = node;
  }

  async trace(trace: Trace): Promise<CheckResult> {
    const counts = new Map<string, number>();
    for (const wave of trace.waves) {
      const changed = this.#plainChange(wave);
      if (changed !== undefined) return { kind: 'changed', reason: changed };
      const result = await this.#calls(wave, counts);
      if (result.kind !== 'same') return result;
    }
    return { kind: 'same' };
  }

  /** The first observation of the wave, calls aside, that no longer holds. */
  #plainChange(wave: readonly Observation[]): Reason | undefined {
    for (const observation of wave) {
      if (observation.kind === 'call' || observation.kind === 'map') continue;
      if (observation.kind !== 'variable') {
        return { kind: 'observation-changed', what: `${observation.kind} cannot be checked` };
      }
      const value = this.#frame.variable(observation.name);
      const now = value === undefined ? null : inputDigest(encode(value));
      if (now !== observation.digest) {
        return { kind: 'observation-changed', what: `variable ${observation.name}` };
      }
    }
    return undefined;
  }

  async #calls(wave: readonly Observation[], counts: Map<string, number>): Promise<CheckResult> {
    const checks: Promise<CheckedCall>[] = [];
    for (const observation of wave) {
      if (observation.kind === 'call') checks.push(this.#call(observation, counts));
      else if (observation.kind === 'map') checks.push(this.#map(observation, counts));
    }
    const checked = await Promise.all(checks);
    const different = checked.find((call) => !call.same);
    if (different !== undefined) return { kind: 'changed', reason: childChanged(different.task) };
    const [only] = checked;
    if (checked.length === 1 && only?.single === true && only.executed) {
      this.#executedWaves += 1;
      if (this.#executedWaves >= EXECUTED_WAVES) {
        return { kind: 'start-caller', reason: childChanged(only.task) };
      }
    }
    return { kind: 'same' };
  }

  async #call(observation: CallObservation, counts: Map<string, number>): Promise<CheckedCall> {
    const { task, override } = observation;
    const prepared = this.#frame.tasks.prepare(task, override, this.#node.caching);
    if (!prepared.ok) return { task, same: false, executed: false, single: true };
    const spec = this.#spec(prepared.value, { inputs: observation.inputs, override });
    const settled = await this.#settle(spec, counts);
    const same = settled.how !== 'impossible' && settled.outcome.digest === observation.outcome;
    return { task, same, executed: settled.how === 'executed', single: true };
  }

  /** One observation, checked at its own concurrency; it ends at the first item that differs. */
  async #map(observation: MapObservation, counts: Map<string, number>): Promise<CheckedCall> {
    const { task, override } = observation;
    const prepared = this.#frame.tasks.prepare(task, override, this.#node.caching);
    if (!prepared.ok) return { task, same: false, executed: false, single: false };
    const inputs = unpackDigests(observation.inputs);
    const outcomes = unpackDigests(observation.outcomes);
    const open = this.#openItems(prepared.value, inputs, outcomes);
    let same = true;
    let executed = false;
    const work = async (): Promise<void> => {
      for (let index = open.pop(); same && index !== undefined; index = open.pop()) {
        const input = inputs[index];
        if (input === undefined) return;
        const spec = this.#spec(prepared.value, { inputs: [input], override });
        const settled = await this.#settle(spec, counts);
        executed ||= settled.how === 'executed';
        same &&= settled.how !== 'impossible' && settled.outcome.digest === outcomes[index];
      }
    };
    const width = Math.min(observation.concurrency, open.length);
    await Promise.all(Array.from({ length: width }, work));
    return { task, same, executed, single: false };
  }

  /**
   * The items that have to be called to be checked, the last one first. The others are known by
   * traces that observed nothing, looked up in one query: no call of theirs needs a slot.
   */
  #openItems(task: PreparedTask, inputs: readonly Digest[], outcomes: readonly Digest[]): number[] {
    const started = inputs.flatMap((_, index) =>
      outcomes[index] === NEVER_STARTED ? [] : [index],
    );
    if (!task.caching) return started.toReversed();
    const keys = inputs.map((input) =>
      actionKey(task.prefix, keyInputs(task, withOmitted(task, [input]))),
    );
    const known = this.#frame.traces.lookUpMany(started.flatMap((index) => keys[index] ?? []));
    return started
      .filter((index) => {
        const key = keys[index];
        const traces = key === undefined ? [] : (known.get(key) ?? []);
        return lookUpLeaf(this.#frame, task, traces)?.outcome.digest !== outcomes[index];
      })
      .toReversed();
  }

  #spec(
    task: PreparedTask,
    call: { readonly inputs: readonly Digest[]; readonly override: Uint8Array | undefined },
  ): CallSpec {
    const inputs = withOmitted(task, call.inputs);
    return specOf(task, {
      inputs,
      args: () => recallInputs(this.#frame, inputs),
      groups: this.#node.groups,
      override: call.override,
    });
  }

  #settle(spec: CallSpec, counts: Map<string, number>): Promise<SettledCall> {
    const count = counts.get(spec.identity) ?? 0;
    counts.set(spec.identity, count + 1);
    return this.#frame.checkCall(this.#node, { spec, count });
  }
}

/** Parameters that the recorded call left out are inputs of their own (V5). */
function withOmitted(task: PreparedTask, inputs: readonly Digest[]): readonly Digest[] {
  const missing = task.rest ? 0 : task.parameters.length - inputs.length;
  return missing > 0 ? [...inputs, ...Array.from({ length: missing }, () => OMITTED)] : inputs;
}

interface CheckedCall {
  readonly task: string;
  readonly same: boolean;
  readonly executed: boolean;
  readonly single: boolean;
}
