import { unpackDigests } from '@skein/values';
import type { ActionKey, CallObservation, MapObservation, TaskId, Trace, Wave } from '@skein/model';
import { NEVER_STARTED } from '@skein/model';
import type { RunFrame } from './frame.ts';
import { actionKey } from './key.ts';
import type { PlanTraces } from './plan-traces.ts';
import { keyInputs, withOmitted } from './prepare.ts';

/** Executions of a task whose mean is taken where the very action was never executed. */
const SAMPLES = 8;

/**
 * What executions took, by their traces: the same action's, else the mean of the task's newest. A
 * trace knows how long an execution took with all it waited for, so of each wave the longest of
 * its calls is taken away.
 */
export class PlanTimes {
  readonly #frame: RunFrame;
  readonly #traces: PlanTraces;
  readonly #own = new Map<ActionKey, number | null>();
  readonly #means = new Map<TaskId, number | null>();

  constructor(frame: RunFrame, traces: PlanTraces) {
    this.#frame = frame;
    this.#traces = traces;
  }

  /** Milliseconds of an action itself; `null`: no execution of the task is known. */
  expected(task: TaskId, key: ActionKey | null): number | null {
    if (key === null) return this.#meanOf(task);
    const known = this.#own.get(key);
    if (known !== undefined) return known;
    const [own] = this.#traces.of(key);
    const expected = own === undefined ? this.#meanOf(task) : this.#self(own);
    this.#own.set(key, expected);
    return expected;
  }

  #meanOf(task: TaskId): number | null {
    const known = this.#means.get(task);
    if (known !== undefined) return known;
    const keys = this.#frame.traces.keysOfTask(task).slice(0, SAMPLES);
    const traces = this.#traces.newestOf(keys);
    const sum = traces.reduce((total, trace) => total + this.#self(trace), 0);
    const mean = traces.length === 0 ? null : sum / traces.length;
    this.#means.set(task, mean);
    return mean;
  }

  #self({ waves, durationMs }: Trace): number {
    const waited = waves.reduce((sum, wave) => sum + this.#waited(wave), 0);
    return Math.max(0, durationMs - waited);
  }

  #waited(wave: Wave): number {
    let longest = 0;
    for (const seen of wave) {
      if (seen.kind === 'call')
        longest = Math.max(longest, ...this.#durations(seen, [seen.inputs]));
      if (seen.kind === 'map') longest = Math.max(longest, this.#mapped(seen));
    }
    return longest;
  }

  /** A map of many items lasts as long as all of them, divided by how many run at a time. */
  #mapped(map: MapObservation): number {
    const outcomes = unpackDigests(map.outcomes);
    const items = unpackDigests(map.inputs)
      .filter((_, index) => outcomes[index] !== NEVER_STARTED)
      .map((input) => [input]);
    const durations = this.#durations(map, items);
    const longest = durations.reduce((most, ms) => Math.max(most, ms), 0);
    const all = durations.reduce((sum, ms) => sum + ms, 0);
    return Math.max(longest, all / Math.max(1, map.concurrency));
  }

  #durations(
    { task, override }: Pick<CallObservation, 'task' | 'override'>,
    calls: readonly CallObservation['inputs'][],
  ): readonly number[] {
    const prepared = this.#frame.tasks.prepare(task, override, true);
    if (!prepared.ok || !prepared.value.caching) return [];
    const { value } = prepared;
    const keys = calls.map((inputs) =>
      actionKey(value.prefix, keyInputs(value, withOmitted(value, inputs))),
    );
    return this.#traces.newestOf(keys).map(({ durationMs }) => durationMs);
  }
}
