import type { Trace } from '@skein/model';
import { readEntry } from '@skein/store';
import type { Belief, EntryRefusal, SharedEntry, TraceStore } from '@skein/store';
import type { InputsIn } from './inputs-in.ts';
import type { LogsIn } from './log-in.ts';

export interface LearnerOptions {
  readonly traces: TraceStore;
  readonly logs: LogsIn;
  readonly inputs: InputsIn;
  /** Nothing of what is learned is kept beyond the run. */
  readonly passing: boolean;
  readonly debug: (line: string) => void;
}

/** Turns what came from afar into traces of the near store, or counts why not. */
export class Learner {
  readonly unbelieved: Partial<Record<EntryRefusal | 'log-missing', number>> = {};
  readonly #options: LearnerOptions;

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  /** The trace, once it can be checked like any other; `undefined` where it is not believed. */
  async learn(entry: SharedEntry, belief: Belief): Promise<Trace | undefined> {
    const { traces, logs, inputs, passing } = this.#options;
    const reading = await readEntry(entry, belief);
    if (!reading.ok) return this.#refuse(entry, reading.refusal);
    const { trace, log, inputs: told } = reading.entry;
    if (trace.log !== null && log !== null && !(await logs.bring(trace.log, log))) {
      return this.#refuse(entry, 'log-missing');
    }
    if (told !== null) inputs.learn(trace, told);
    traces.learn(trace, passing);
    return trace;
  }

  #refuse(entry: SharedEntry, why: EntryRefusal | 'log-missing'): undefined {
    this.unbelieved[why] = (this.unbelieved[why] ?? 0) + 1;
    this.#options.debug(`remote: an entry of ${entry.key} is not believed: ${why}`);
    return undefined;
  }
}
