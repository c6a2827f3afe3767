import type { ActionCounts, RemoteUse, Resumed, RunEvent, RunId, RunSummary } from '@skein/model';

/** How `run` runs. */
export interface RunOptions {
  /** State directory. Default: `.skein` at the workspace's root, or where `SKEIN_STATE` says. */
  readonly state?: string;
  /** Where actions run. Default: where the options of each task say. */
  readonly executor?: 'pool' | 'inline' | 'container';
  /** Bound on actions that run at once. Default: none but tokens and workers. */
  readonly concurrency?: number;
  /** Execute everything, whatever is known. Default: false. */
  readonly force?: boolean;
  /** Execute these tasks, by name or id, whatever is known of them; the others as usual. */
  readonly forceTasks?: readonly string[];
  /** Leave no traces: later runs are as if this one had not been. Default: false. */
  readonly readOnly?: boolean;
  /** Impurities and undeclared writes are errors in every task. Default: false. */
  readonly strict?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** Address of the remote, or `off`. Default: by SKEIN_REMOTE and the configuration. */
  readonly remote?: string;
  /** What is done with it. Default: by SKEIN_REMOTE_MODE and the configuration. */
  readonly remoteMode?: 'read' | 'write' | 'read-write' | 'off';
  /**
   * Goes on from what an earlier run of this task finished: its id, the unique beginning of it, or
   * `last`, the newest. Default: nothing is adopted.
   */
  readonly resume?: string;
  /** What becomes of results that other code or data made, in a resume. Default: `adopt`. */
  readonly edited?: 'adopt' | 'execute';
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal;
  /** Told of everything that happens, as it happens. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** How a run ended: the object of `--json`, with `result` and `error` as real values. */
export interface RunResult<R> {
  /** `null` where the run was rejected before it began. */
  readonly run: RunId | null;
  readonly status: RunSummary['status'];
  readonly task: string | null;
  readonly result: R | null;
  /** What was thrown: the author's own class where this program loaded it. `null` on success. */
  readonly error: unknown;
  /** The task that threw it first, with its inputs by parameter name. */
  readonly thrower: {
    readonly task: string;
    readonly inputs: Readonly<Record<string, unknown>>;
  } | null;
  readonly actions: ActionCounts;
  readonly durationMs: number;
  /** What a resume took over, and from which run; absent where it was none. */
  readonly resumed?: Resumed;
  /** What it had of its remote; absent where it had none. */
  readonly remote?: RemoteUse;
}
