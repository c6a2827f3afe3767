import type { ActionKey, DeepSummary, Trace } from '@skein/model';
import { type GenerationMark, withNewest } from '@skein/store';
import { deepAnswer } from './deep-answer.ts';
import { keepSummaries } from './deep-keep.ts';
import type { DeepCall } from './deep-tree.ts';
import { type Deep, type DeepOutcome, makesCalls } from './deep.ts';
import type { RunFrame } from './frame.ts';
import type { PreparedTask } from './prepare.ts';

/** A summary of fewer actions saves less than it costs. */
export const SUMMARY_FROM = 32;

/**
 * So many callers, and answers of summaries, are remembered, the latest: what lies beneath them is
 * found again from above.
 */
const CALLERS_MAX = 20_000;

/** More traces than these are looked up again rather than held until the end of the run. */
const TRACES_MAX = 20_000;

/**
 * The deep summaries of one run. `from`: how many actions a summary answers for at least;
 * infinite: there are none. `since`: from before the run looked at any trace.
 */
export class DeepSummaries implements Deep {
  readonly #frame: () => RunFrame;
  readonly #from: number;
  readonly #since: GenerationMark;
  /** Callers after their calls. */
  readonly #candidates = new Map<ActionKey, DeepCall>();
  readonly #held = new Map<ActionKey, Trace>();
  /** All traces of a key, newest first: what was looked up, or made where there were none. */
  readonly #traces = new Map<ActionKey, readonly Trace[]>();
  readonly #answered = new Map<ActionKey, DeepSummary>();

  constructor(
    frame: () => RunFrame,
    terms: { readonly from: number; readonly since: GenerationMark },
  ) {
    this.#frame = frame;
    this.#from = terms.from;
    this.#since = terms.since;
  }

  get #isOff(): boolean {
    return this.#from === Number.POSITIVE_INFINITY;
  }

  async answer(
    task: PreparedTask,
    key: ActionKey,
    wantsAnswer: () => boolean,
  ): Promise<DeepOutcome | undefined> {
    if (this.#isOff || task.vouched) return undefined;
    const frame = this.#frame();
    const answer = await deepAnswer(frame, { task, key }, wantsAnswer);
    if (answer === undefined) return undefined;
    const { summary, fleeting } = answer;
    const { outcome, root } = summary;
    this.#answered.set(key, summary);
    dropOldest(this.#answered);
    // What may forbid an impure result to another caller only its trace tells.
    if (!fleeting && !root.impure) {
      frame.known.set(key, { outcome, at: root.oldestAt, impurities: [] });
    }
    return { outcome, fleeting };
  }

  note(task: PreparedTask, override: Uint8Array | undefined, trace: Trace): void {
    const { key, outcome } = trace;
    if (this.#isOff) return;
    if (trace.run === this.#frame().run) this.#made(trace);
    if (task.vouched || outcome.kind !== 'result') return;
    if (!makesCalls(trace)) return;
    this.#answered.delete(key);
    this.#candidates.delete(key);
    this.#held.set(key, trace);
    this.#candidates.set(key, { task, id: trace.task, override, key, outcome: outcome.digest });
    dropOldest(this.#held);
    dropOldest(this.#candidates);
  }

  looked(key: ActionKey, traces: readonly Trace[]): void {
    if (this.#isOff || this.#traces.size >= TRACES_MAX) return;
    this.#traces.set(key, traces);
  }

  /** Where nothing is known of what was there before, it is looked up again at the end. */
  #made(trace: Trace): void {
    const before = this.#traces.get(trace.key);
    if (before !== undefined) this.#traces.set(trace.key, withNewest(before, trace));
  }

  async keep(): Promise<void> {
    const frame = this.#frame();
    if (this.#candidates.size === 0 || frame.readOnly) return;
    await keepSummaries(frame, {
      candidates: [...this.#candidates.values()],
      known: { summaries: this.#answered, held: this.#held, traces: this.#traces },
      since: this.#since,
      from: this.#from,
    });
  }
}

function dropOldest(remembered: Map<ActionKey, unknown>): void {
  if (remembered.size <= CALLERS_MAX) return;
  for (const oldest of remembered.keys()) {
    remembered.delete(oldest);
    return;
  }
}
