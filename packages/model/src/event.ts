import type { Digest } from '@skein/values';
import type { RecordedCheckpoint, SavedSnapshot } from './checkpoint.ts';
import type { CodeVersion } from './code-version.ts';
import type { ActionNumber } from './action-number.ts';
import type { ActionCounts } from './count.ts';
import type { ActionKey } from './key.ts';
import type { LogChunk, LogPrefix } from './log.ts';
import type { Impurity, Wave } from './observation.ts';
import type { Outcome } from './outcome.ts';
import type { Failure } from './failure.ts';
import type { ActionImage, HostPlatform } from './platform.ts';
import type { RunId, RunOrigin, RunStatus } from './run.ts';
import type { TaskId } from './task.ts';
import type { Verdict } from './verdict.ts';

/** An argument as recorded: its digest, and its bytes unless they are kept elsewhere. */
export interface RecordedInput {
  readonly digest: Digest;
  /** Encoded value; absent where it is omitted or already kept under its digest. */
  readonly bytes?: Uint8Array;
}

/** Everything that can happen in a run. `at` is milliseconds since 1970. */
export type RunEvent =
  | RunStarted
  | ActionStarted
  | ActionFinished
  | ActionPassed
  | AttemptStarted
  | AttemptFailed
  | ActionLogged
  | ActionProgressed
  | ProcessLogged
  | CheckpointRecorded
  | SnapshotSaved
  | RunDescribed
  | RunWarned
  | RunFinished;

/** A run began: who asked for what, and which code answers. */
export interface RunStarted {
  readonly kind: 'run-started';
  readonly at: number;
  readonly run: RunId;
  /** Entry module and task. */
  readonly entry: string;
  readonly task: TaskId;
  readonly initiator: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the machine; an action that ran in an image says so itself. */
  readonly platform: HostPlatform;
  /** Digest of the bundle, and of the code manifests by task, kept under those digests. */
  readonly bundle: Digest;
  readonly code: Digest;
  /** Operating system's process id and start, to tell a living run from an interrupted one. */
  readonly process: { readonly pid: number; readonly startedAt: string; readonly host: string };
  /** The run it goes on from, or repeats; absent: it stands by itself. */
  readonly origin?: RunOrigin;
  /** Variables that tasks declare, as workers got them; `null`: not set. No secrets. */
  readonly variables?: Readonly<Record<string, Digest | null>>;
  /**
   * What the entry was called with, so that a run can be gone on from that died before anything
   * began. Absent in earlier records; bytes of large ones are kept when the entry begins.
   */
  readonly inputs?: readonly RecordedInput[];
  /** Options that this call overrode, encoded. */
  readonly override?: Uint8Array;
}

/**
 * A call became an action that executes. Its inputs have their bytes here, so that an action
 * that never ended can be looked at; they are in the journal before its end is.
 */
export interface ActionStarted {
  readonly kind: 'action-started';
  readonly at: number;
  readonly action: ActionNumber;
  /** The calling action; 0 for the entry. */
  readonly parent: ActionNumber;
  readonly task: TaskId;
  readonly key: ActionKey | null;
  readonly inputs: readonly RecordedInput[];
  readonly verdict: Verdict;
  /** Names given by `group`, outermost first. */
  readonly groups: readonly string[];
  /** Options that the call overrode, encoded. */
  readonly override?: Uint8Array;
  /** How many identical calls its caller had made before in that attempt; absent: none. */
  readonly count?: number;
  /** Absent: its task declares none, and it runs on the machine. */
  readonly image?: ActionImage;
}

/**
 * A result is acknowledged only after the row that holds this is appended (D1). The inputs are
 * named by digest: their bytes are in the start, or kept since an earlier execution.
 */
export interface ActionFinished {
  readonly kind: 'action-finished';
  readonly at: number;
  readonly action: ActionNumber;
  readonly parent: ActionNumber;
  readonly task: TaskId;
  readonly key: ActionKey | null;
  readonly inputs: readonly RecordedInput[];
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly durationMs: number;
  readonly waves: readonly Wave[];
  /** What of its process's log it could have used (O3). */
  readonly log: LogPrefix | null;
  readonly impurities: readonly Impurity[];
  /** Why no trace was kept; absent where one was, or caching is off. */
  readonly untraced?: string;
  /** True where a trace is to be folded from this event. */
  readonly traced: boolean;
  readonly groups: readonly string[];
  /** Options that the call overrode, encoded. */
  readonly override?: Uint8Array;
  /** How many identical calls its caller had made before in that attempt; absent: none. */
  readonly count?: number;
}

/**
 * A check looked at a finished action and something beneath it executed, while the action itself
 * is not listed (X8): what it numbered as its children belongs to `parent`.
 */
export interface ActionPassed {
  readonly kind: 'action-passed';
  readonly at: number;
  readonly action: ActionNumber;
  readonly parent: ActionNumber;
}

/** One try began, on this worker. */
export interface AttemptStarted {
  readonly kind: 'attempt-started';
  readonly at: number;
  readonly action: ActionNumber;
  readonly attempt: number;
  readonly worker: string;
}

/** One try failed and will be repeated, or was the last. */
export interface AttemptFailed {
  readonly kind: 'attempt-failed';
  readonly at: number;
  readonly action: ActionNumber;
  readonly attempt: number;
  readonly outcome: Outcome;
  readonly retryInMs?: number;
}

/**
 * An action printed something: through the console, or a subprocess or native code of it did.
 * Action 0: its process did, while several actions ran in it.
 */
export interface ActionLogged {
  readonly kind: 'action-logged';
  readonly at: number;
  readonly action: ActionNumber;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** The process that printed it, where that is not told by the action. */
  readonly worker?: string;
}

/** An action said how far it is. Live only: not journalled. */
export interface ActionProgressed {
  readonly kind: 'action-progressed';
  readonly at: number;
  readonly action: ActionNumber;
  readonly done: number;
  readonly total?: number;
}

/** The log of a worker process grew (O3); appended before what depends on it. */
export interface ProcessLogged {
  readonly kind: 'process-logged';
  readonly at: number;
  readonly chunk: LogChunk;
}

/** A checkpoint ended; appended before its result is acknowledged (R4). */
export interface CheckpointRecorded {
  readonly kind: 'checkpoint-recorded';
  readonly at: number;
  readonly action: ActionNumber;
  readonly attempt: number;
  readonly record: RecordedCheckpoint;
  readonly durationMs: number;
}

/** An action saved its progress; the last one counts, until the action succeeds (R5). */
export interface SnapshotSaved {
  readonly kind: 'snapshot-saved';
  readonly at: number;
  readonly action: ActionNumber;
  readonly attempt: number;
  readonly snapshot: SavedSnapshot;
}

/** Which state of the sources the run's code was; told when it is known. */
export interface RunDescribed {
  readonly kind: 'run-described';
  readonly at: number;
  readonly version: CodeVersion;
}

/** Something a person should know that is no failure. */
export interface RunWarned {
  readonly kind: 'run-warned';
  readonly at: number;
  readonly warning: Failure;
  readonly action?: ActionNumber;
}

/** The run ended and is immutable from here. */
export interface RunFinished {
  readonly kind: 'run-finished';
  readonly at: number;
  readonly status: RunStatus;
  readonly outcome?: Outcome;
  /** The action that threw first what made the run fail. */
  readonly thrower?: ActionNumber;
  readonly counts: ActionCounts;
  readonly durationMs: number;
}
