import type { ActionKey, Trace } from '@skein/model';
import { SharedStoreError, TRACES_PER_KEY } from '@skein/store';
import type { Belief, Greeting, SharedStore } from '@skein/store';
import type { Gate } from './gate.ts';
import type { Learner } from './learner.ts';
import type { Patience } from './patience.ts';
import { Questions } from './questions.ts';
import type { Timers } from './timers.ts';

export interface LookUpsOptions {
  readonly share: SharedStore;
  readonly gate: Gate;
  readonly patience: Patience;
  readonly timers: Timers;
  readonly learner: Learner;
  /** `undefined`: nothing can be read. */
  readonly greeted: () => Promise<{ greeting: Greeting; belief: Belief } | undefined>;
}

/** Entries that are checked at a time: signatures are verified beside the main thread. */
const AT_A_TIME = 64;

/** Look-ups of keys: in bulk, each once, and none that is not worth its time. */
export class LookUps {
  readonly #options: LookUpsOptions;
  readonly #questions: Questions<ActionKey, readonly Trace[]>;
  #found = 0;

  constructor(options: LookUpsOptions) {
    this.#options = options;
    const { timers, greeted } = options;
    const ready = async (): Promise<number> => (await greeted())?.greeting.limits.keys ?? 0;
    this.#questions = new Questions({ timers, ready, ask: (keys) => this.#ask(keys) });
  }

  get asked(): number {
    return this.#questions.asked;
  }

  /** Keys with a trace that is believed. */
  get found(): number {
    return this.#found;
  }

  async find(keys: readonly ActionKey[]): Promise<ReadonlyMap<ActionKey, readonly Trace[]>> {
    if (keys.length === 0 || this.#options.gate.isOff('look-up')) return new Map();
    const asked = Promise.all(keys.map((key) => this.#questions.ask(key)));
    const answers = await this.#options.patience.wait(asked);
    const found = new Map<ActionKey, readonly Trace[]>();
    for (const [index, key] of keys.entries()) {
      const traces = answers[index];
      if (traces !== undefined && traces.length > 0) found.set(key, traces);
    }
    return found;
  }

  prefetch(keys: readonly ActionKey[], learned: (trace: Trace) => void): void {
    if (this.#options.gate.isOff('look-up')) return;
    for (const key of keys) {
      void this.#questions.askAhead(key)?.then((traces) => traces?.forEach(learned));
    }
  }

  close(): void {
    this.#questions.close();
  }

  /** What was understood before an answer broke off counts. */
  async #ask(keys: readonly ActionKey[]): Promise<ReadonlyMap<ActionKey, readonly Trace[]>> {
    const { share, gate, greeted } = this.#options;
    const found = new Map<ActionKey, Trace[]>();
    const belief = (await greeted())?.belief;
    if (belief === undefined) return found;
    const most = TRACES_PER_KEY * Math.max(1, belief.reads.size);
    const seen = new Map(keys.map((key) => [key, 0]));
    await gate.ask('look-up', async (signal) => {
      let checks: Promise<void>[] = [];
      try {
        for await (const entry of share.find(keys, { signal })) {
          const count = seen.get(entry.key);
          if (count === undefined) throw garbage('an entry of another key than was asked for');
          if (count === most) throw garbage('more entries than a key can have');
          seen.set(entry.key, count + 1);
          checks.push(this.#learn(entry, belief, found));
          if (checks.length < AT_A_TIME) continue;
          await Promise.all(checks);
          checks = [];
        }
      } finally {
        await Promise.all(checks);
      }
    });
    for (const traces of found.values()) traces.sort((one, other) => other.at - one.at);
    this.#found += found.size;
    return found;
  }

  async #learn(
    entry: Parameters<Learner['learn']>[0],
    belief: Belief,
    found: Map<ActionKey, Trace[]>,
  ): Promise<void> {
    const trace = await this.#options.learner.learn(entry, belief);
    if (trace === undefined) return;
    const traces = found.get(trace.key);
    if (traces !== undefined) traces.push(trace);
    else {
      found.set(trace.key, [trace]);
      this.#options.patience.saved(trace.durationMs);
    }
  }
}

function garbage(message: string): SharedStoreError {
  return new SharedStoreError('garbage', message);
}
