import type { ActionKey, Trace } from '@skein/model';
import { type FarTraces, isSameTrace } from '@skein/store';
import { keysOfCalls } from './calls-today.ts';
import type { Far } from './far.ts';
import { callsIn } from './foresee.ts';
import type { RunFrame } from './frame.ts';
import type { RecordedCall } from './logs.ts';
import type { PreparedTask } from './prepare.ts';

/*
 * What a run asks far away. What this file owns: which keys are asked for, and when.
 * A1  Near comes first: a key is asked for where nothing near answers, or nothing is known.
 * A2  Whatever comes back was learned by the near store first; it is checked like any trace.
 * A3  Speculation costs requests and nothing else: it is bounded, each key is asked for once, and
 *     nobody waits for it.
 */

/** So many keys are remembered as asked for: what is forgotten is asked for again. */
const REMEMBERED = 200_000;
/** So many keys are asked for in the hope that they will be wanted. */
const MOST_EXPECTED = 100_000;
/** Traces of a task's last executions that tell what it calls, and misses that ask them. */
const LAST_TRACES = 3;
const MISSES_PER_TASK = 4;

const NONE: readonly Trace[] = [];

export class FarAway implements Far {
  readonly #frame: () => RunFrame;
  readonly #far: FarTraces;
  readonly #asked = new Set<ActionKey>();
  readonly #open = new Map<ActionKey, Promise<unknown>>();
  readonly #expected = new Set<ActionKey>();
  readonly #misses = new Map<string, number>();
  /** Learned, and not yet looked through for calls. */
  #fresh: Trace[] = [];

  constructor(frame: () => RunFrame, far: FarTraces) {
    this.#frame = frame;
    this.#far = far;
  }

  async more(
    { task, key }: { readonly task: PreparedTask; readonly key: ActionKey },
    checked: readonly Trace[],
  ): Promise<readonly Trace[]> {
    this.#expectAsLast(task, checked);
    if (!this.#asked.has(key)) await (this.#open.get(key) ?? this.#ask([key]));
    const { traces, deep } = this.#frame();
    const known = traces.lookUp(key);
    if (known.length === 0) return NONE;
    deep.looked(key, known);
    return known.filter((trace) => !checked.some((one) => isSameTrace(one, trace)));
  }

  async ahead(keys: readonly ActionKey[]): Promise<void> {
    const wanted = keys.filter((key) => !this.#asked.has(key));
    if (wanted.length === 0) return;
    const known = this.#frame().traces.lookUpMany(wanted);
    const unknown = wanted.filter((key) => !known.has(key));
    const open = unknown.flatMap((key) => this.#open.get(key) ?? []);
    const unasked = unknown.filter((key) => !this.#open.has(key));
    await Promise.all([...open, ...(unasked.length === 0 ? [] : [this.#ask(unasked)])]);
  }

  bringInputs(trace: Trace): Promise<boolean> {
    return this.#far.bringInputs(trace);
  }

  offer(trace: Trace): void {
    this.#far.offer(trace);
  }

  async #ask(keys: readonly ActionKey[]): Promise<void> {
    const answer = this.#far.find(keys);
    for (const key of keys) this.#open.set(key, answer);
    const found = await answer;
    if (this.#asked.size + keys.length > REMEMBERED) this.#asked.clear();
    for (const key of keys) {
      this.#open.delete(key);
      this.#asked.add(key);
    }
    for (const traces of found.values()) for (const trace of traces) this.#learned(trace);
  }

  /** Whoever recorded these calls made them all: they will be looked up next. */
  #learned(trace: Trace): void {
    this.#fresh.push(trace);
    if (this.#fresh.length === 1) queueMicrotask(() => this.#expectCalls());
  }

  #expectCalls(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    this.#expect(fresh);
  }

  /**
   * What was called last time is called again, mostly: by what is known of the key, or of the task
   * where its code or its inputs are new.
   */
  #expectAsLast(task: PreparedTask, checked: readonly Trace[]): void {
    const misses = this.#misses.get(task.id) ?? 0;
    if (misses >= MISSES_PER_TASK) return;
    this.#misses.set(task.id, misses + 1);
    if (checked.length > 0) return this.#expect(checked);
    const { traces } = this.#frame();
    const keys = traces.keysOfTask(task.id).slice(0, LAST_TRACES);
    this.#expect([...traces.lookUpMany(keys).values()].flatMap(([newest]) => newest ?? []));
  }

  #expect(traces: readonly Trace[]): void {
    const frame = this.#frame();
    const keys = new Set<ActionKey>();
    for (const trace of traces) {
      for (const key of keysOfCalls(frame, callsOf(frame, trace))) {
        if (this.#expected.size + keys.size >= MOST_EXPECTED) break;
        if (!this.#expected.has(key) && !this.#asked.has(key)) keys.add(key);
      }
    }
    if (keys.size === 0) return;
    for (const key of keys) this.#expected.add(key);
    const known = frame.traces.lookUpMany(keys);
    const unknown = [...keys].filter((key) => !known.has(key) && !this.#open.has(key));
    if (unknown.length > 0) this.#far.prefetch(unknown, (trace) => this.#learned(trace));
  }
}

/** What a check of it would make: nothing, where its author vouches for the code (Q4). */
function callsOf({ tasks }: RunFrame, { task, waves }: Trace): readonly RecordedCall[] {
  const prepared = tasks.prepare(task, undefined, true);
  if (prepared.ok && prepared.value.vouched) return [];
  return waves.flat().flatMap(callsIn);
}
