import type { Digest } from '@skein/values';
import type {
  ActionNumber,
  CodeVersion,
  Outcome,
  RunOverview,
  RunStarted,
  TaskId,
  Verdict,
} from '@skein/model';
import type { ActionState, LogLine, RunWarning } from './run-state.ts';

/**
 * One run as it is asked about: all of it at a glance, and in detail only the actions that are
 * wanted. What `RunState` says of a hundred thousand actions takes seconds; this does not.
 */
export interface RunIndex {
  /** The run's number in its database, and the row that the index is of: see `readEvents`. */
  readonly number: number;
  readonly seq: number;
  readonly overview: RunOverview;
  readonly started: RunStarted;
  readonly version?: CodeVersion;
  readonly warnings: readonly RunWarning[];
  readonly outcome?: Outcome;
  /** The action that threw first what made the run fail. */
  readonly thrower?: ActionNumber;
  /** When the last event that was recorded happened. */
  readonly lastAt: number;
  /** How many actions are listed, and the highest number of them. */
  readonly size: number;
  readonly highest: ActionNumber;
  /** Calls that no action of the run made: the entry. */
  readonly roots: readonly ActionNumber[];
  /** The actions in the order of their numbers. */
  readonly actions: () => Iterable<ActionNumber>;
  /** What is known of an action; `undefined`: the run has none with this number. */
  readonly at: (action: ActionNumber) => IndexedAction | undefined;
  /** The calls an action made, in the order it made them. */
  readonly childrenOf: (action: ActionNumber) => Iterable<ActionNumber>;
  /** The same by task, in the order of the first call of each; no call becomes an object. */
  readonly groupsOf: (action: ActionNumber) => readonly CallGroup[];
  /** Everything that is recorded of these actions, logs included, by number and in its order. */
  readonly details: (actions: Iterable<ActionNumber>) => ReadonlyMap<ActionNumber, ActionState>;
  /** The digests of an action's inputs and result, or of its error. */
  readonly digestsOf: (action: ActionNumber) => ActionDigests | undefined;
  /**
   * The inputs, or the results, that have at least so many bytes, as they were recorded; an input
   * may come twice. Nothing is made of any other: of a hundred thousand actions that hand on
   * numbers, nothing is left.
   */
  readonly largeValues: (wanted: LargeWanted) => readonly LargeValue[];
  /** What was printed, in the order it was recorded; absent fields choose all. */
  readonly logs: (wanted: LogsWanted) => Iterable<PrintedText>;
}

/** The short facts of one action. */
export interface IndexedAction {
  readonly action: ActionNumber;
  /** The nearest caller that is listed; 0 for the entry. */
  readonly parent: ActionNumber;
  readonly task: TaskId;
  readonly verdict: Verdict['kind'];
  /** How it ended; `undefined`: it has not, and never will where the run was interrupted. */
  readonly ended?: 'result' | 'error';
  readonly attempts: number;
  readonly durationMs: number;
  /** How many calls it made. */
  readonly children: number;
}

/** The calls that one action made of one task. */
export interface CallGroup {
  readonly task: TaskId;
  readonly actions: ArrayLike<ActionNumber>;
  readonly verdicts: Readonly<Record<Verdict['kind'], number>>;
  /** All that ended in an error, and the first of them. */
  readonly failed: number;
  readonly firstFailed: readonly ActionNumber[];
  readonly unfinished: number;
  /** Of those that executed, together. */
  readonly executedMs: number;
  /** How many calls they made themselves. */
  readonly beneath: number;
}

export interface ActionDigests {
  readonly inputs: readonly Digest[];
  readonly outcome?: Digest;
  readonly artifact?: Digest;
  readonly files: readonly Digest[];
}

export interface LargeWanted {
  readonly role: 'input' | 'outcome';
  readonly least: number;
}

/** A value of an action. */
export interface LargeValue {
  readonly action: ActionNumber;
  /** Which input it is; 0 for a result. */
  readonly place: number;
  readonly digest: Digest;
}

export interface LogsWanted {
  /** 0: what processes printed while several actions ran in them. */
  readonly action?: ActionNumber;
  /** Id of a task, or its name. */
  readonly task?: string;
  readonly stream?: LogLine['stream'];
}

/** A piece of what an action printed: whole lines mostly. */
export interface PrintedText extends LogLine {
  readonly action: ActionNumber;
}
