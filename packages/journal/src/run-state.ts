import type {
  ActionImage,
  ActionKey,
  ActionNumber,
  CodeVersion,
  Failure,
  Impurity,
  LogPrefix,
  Outcome,
  RecordedCheckpoint,
  RecordedInput,
  RunOverview,
  RunStarted,
  SavedSnapshot,
  TaskId,
  Verdict,
  Wave,
} from '@skein/model';

/** Everything that is known about one run: the fold of its events. Times: ms since 1970. */
export interface RunState {
  readonly overview: RunOverview;
  readonly started: RunStarted;
  /** By number, and in the order of the numbers. */
  readonly actions: ReadonlyMap<ActionNumber, ActionState>;
  /** Calls that no action of the run made: the entry. */
  readonly roots: readonly ActionNumber[];
  readonly warnings: readonly RunWarning[];
  /** Which state of the sources its code was, once that is known. */
  readonly version?: CodeVersion;
  /** What was printed by processes while several actions ran in them. */
  readonly logs: readonly LogLine[];
  /** The result or the author's error of the entry; absent while running or interrupted. */
  readonly outcome?: Outcome;
  /** The action that threw first what made the run fail. */
  readonly thrower?: ActionNumber;
  /** When the last event that was recorded happened. */
  readonly lastAt: number;
}

export interface ActionState {
  readonly action: ActionNumber;
  /** The calling action; 0 for the entry. */
  readonly parent: ActionNumber;
  readonly task: TaskId;
  readonly key: ActionKey | null;
  readonly inputs: readonly RecordedInput[];
  readonly verdict: Verdict;
  /** Names given by `group`, outermost first. */
  readonly groups: readonly string[];
  /** The calls it made, in the order it made them. */
  readonly children: readonly ActionNumber[];
  readonly attempts: readonly AttemptState[];
  readonly logs: readonly LogLine[];
  /** Absent for a reused action, which has no start of its own. */
  readonly startedAt?: number;
  /** These three are absent while it runs, and for ever where its run was interrupted. */
  readonly finishedAt?: number;
  readonly durationMs?: number;
  readonly outcome?: Outcome;
  readonly waves: readonly Wave[];
  /** What of its process's log it could have used (O3). */
  readonly log: LogPrefix | null;
  readonly impurities: readonly Impurity[];
  /** Why no trace was kept. */
  readonly untraced?: string;
  readonly traced: boolean;
  /** Options that the call overrode, encoded. */
  readonly override?: Uint8Array;
  /** How many identical calls its caller had made before; absent: none. */
  readonly count?: number;
  /** What it ran in, or only declares; absent: neither, or it did not execute. */
  readonly image?: ActionImage;
  readonly checkpoints: readonly RecordedCheckpoint[];
  /** What it saved last; absent once it succeeded (R5). */
  readonly snapshot?: SavedSnapshot;
}

export interface AttemptState {
  /** From 1. */
  readonly attempt: number;
  readonly worker: string;
  readonly startedAt: number;
  /** What earlier attempts had saved by then (R5); absent: nothing. */
  readonly snapshot?: SavedSnapshot;
  readonly endedAt?: number;
  readonly outcome?: Outcome;
  /** How long the next attempt was put off; absent where there was none. */
  readonly retryInMs?: number;
}

export interface LogLine {
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** The process that printed it, where no single action did. */
  readonly worker?: string;
}

export interface RunWarning {
  readonly at: number;
  readonly warning: Failure;
  readonly action?: ActionNumber;
}
