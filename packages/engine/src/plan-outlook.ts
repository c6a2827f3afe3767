import type { Digest } from '@skein/values';
import type { ActionKey, Impurity, LogPrefix, Outcome, Reason, TaskId, Wave } from '@skein/model';
import type { PreparedTask } from './prepare.ts';

/** Who would ask for an action: a running caller wants its result, a check only its outcome. */
export type Asker = 'caller' | 'check';

/** A call that a run would make, or may make. */
export interface ForeseenCall {
  readonly task: PreparedTask;
  readonly inputs: readonly Digest[];
  readonly override: Uint8Array | undefined;
  /** `null`: it is not cached. */
  readonly key: ActionKey | null;
  /** The bytes of the inputs, where they are at hand. */
  readonly given?: readonly (Uint8Array | null)[];
}

/** What would become of a call if it is made, and what it would call itself. */
export interface Outlook {
  readonly call: ForeseenCall;
  readonly fate: Fate;
  /** In the order of their waves. */
  readonly calls: readonly OutlookCall[];
  /** Tasks that it may call besides: nobody knows with what. */
  readonly mayCall: readonly TaskId[];
  /** Milliseconds of itself, its calls aside; `null`: no execution of the task is known. */
  readonly expected: () => number | null;
  /** Known at once: a map that is checked does not even ask. */
  readonly atOnce?: true;
}

export type Fate =
  /** `beneath`: how many actions of which task, where a summary answers and nothing is listed. */
  | {
      readonly kind: 'reuse';
      readonly outcome: Outcome;
      /** It satisfies a check: why it would execute if a running caller asked for it (K2). */
      readonly ifCalled: Reason | undefined;
      readonly beneath: ReadonlyMap<TaskId, number>;
    }
  | { readonly kind: 'execute'; readonly reason: Reason }
  | { readonly kind: 'unknown'; readonly unless: readonly TaskId[] };

export interface OutlookCall {
  readonly outlook: Outlook;
  /** Made for certain, provided that its caller is. */
  readonly sure: boolean;
  /** What comes to another outcome, or may, before it is made: then it may have other inputs. */
  readonly after: readonly TaskId[];
  /** Calls of its caller with the same slot are one call, whoever makes it first (T3). */
  readonly slot: string;
  readonly wave: number;
}

/** An execution that left no trace, as the journal tells of it. */
export interface PastExecution {
  /** The code of its task was what it is now. */
  readonly sameCode: boolean;
  readonly inputs: readonly Digest[];
  readonly waves: readonly Wave[];
  readonly log: LogPrefix | null;
  readonly impurities: readonly Impurity[];
  /** Of itself, without the time in which calls of it were under way. */
  readonly selfMs: number;
}
