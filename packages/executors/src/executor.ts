import type { Digest } from '@skein/values';
import type {
  ActionNumber,
  CheckpointCall,
  Clock,
  Failure,
  Impurity,
  LogChunk,
  LogPrefix,
  Observed,
  Outcome,
  RecordedCheckpoint,
  ResolvedImage,
  Result,
  RunId,
  SavedSnapshot,
  TaskId,
  TaskOptions,
  TaskRow,
  Wave,
} from '@skein/model';

/** A bundle that a worker can load: made by analysis, kept below the state directory. */
export interface BundleLocation {
  readonly digest: Digest;
  /** Absolute path of the ES module. */
  readonly path: string;
  /** Workspace root that package references and `import.meta` are mapped to (C5, C9). */
  readonly root: string;
  /** Workspace-relative entry module. */
  readonly entry: string;
  /** Absolute folder of the package.json nearest to the entry: the worker's cwd (O6). */
  readonly cwd: string;
}

export interface ExecutorSettings {
  /** Absolute state directory, for blobs, loose files and scratch. */
  readonly state: string;
  /**
   * Absolute folder that actions cannot see (O2): the state directory, or the one that `state` is a
   * copy in. Default: `state`.
   */
  readonly invisible?: string;
  /** The command's environment, from which workers' environments are made (O6). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How many worker processes at most. Default: the number of cores. */
  readonly workers?: number;
  readonly warn: (warning: Failure) => void;
  /** Packages that only pass reads through, besides those that are known (O3). */
  readonly passThrough?: readonly string[];
  /** Artifacts are synced to disk before anyone hears of them (D2). Default: false. */
  readonly sync?: boolean;
  /** Default: the system's clock. */
  readonly clock?: Pick<Clock, 'elapsed'>;
  /** The namespace that authors import as `skein`. Default: that of the SDK. */
  readonly skein?: Readonly<Record<string, unknown>>;
  /** Absolute path of the module that calls `startWorker`. Default: the one beside this code. */
  readonly workerEntry?: string;
  /** What a worker process printed past the console that belongs to no single action. */
  readonly printed?: (worker: string, stream: 'stdout' | 'stderr', text: string) => void;
}

/**
 * Decides where an action runs, and runs it. It knows no keys, traces or retries. One
 * conformance suite (`executor.conformance.ts`) defines it.
 */
export interface Executor {
  readonly name: string;
  /** Loads the bundle once and reports its table of tasks (Q1). Author errors are failures. */
  load(bundle: BundleLocation): Promise<Result<LoadReport>>;
  /** Starts one attempt. Never throws; everything is in `done`. `load` need not come first. */
  execute(attempt: AttemptRequest, host: AttemptHost): AttemptHandle;
  /** Names of options that this executor cannot honour for this task. */
  cannotHonour(options: TaskOptions): readonly string[];
  /** Stops everything; no process is left. */
  close(): Promise<void>;
}

/** What a worker says when it has evaluated a bundle. */
export interface LoadReport {
  readonly rows: readonly TaskRow[];
  /** What was observed meanwhile; `null`: nothing (Q1, O3). */
  readonly log: LogChunk | null;
}

export interface AttemptRequest {
  readonly run: RunId;
  readonly action: ActionNumber;
  readonly attempt: number;
  /** The calling action, whose process may be entered if X3 allows it. 0 for the entry. */
  readonly parent: ActionNumber;
  readonly task: TaskId;
  readonly bundle: BundleLocation;
  /** One encoded value for each argument; `null`: omitted (V5). */
  readonly args: readonly (Uint8Array | null)[];
  readonly options: TaskOptions;
  /** True where no process may be shared with other actions (R6: the last tries). */
  readonly alone: boolean;
  /** What it observes may outlive it, and goes to its process's log too (O3). */
  readonly retains: boolean;
  /** The image it runs in; absent: on this machine. */
  readonly image?: ResolvedImage;
  /** Gpus it may use, as `CUDA_VISIBLE_DEVICES` names them; absent: it asked for none (X2). */
  readonly devices?: readonly string[];
}

/** What an attempt asks of the engine while it runs. */
export interface AttemptHost {
  /** A worker took the attempt; times count from here. `worker` names it for people. */
  started(worker: string): void;
  call(call: CallRequest): Promise<CallReply>;
  map(map: MapCallRequest): Promise<readonly CallReply[]>;
  /** The caller aborted one of its calls by `override({ signal })`, or ended without it. */
  abandon(call: number): void;
  logged(stream: 'stdout' | 'stderr', text: string): void;
  progressed(done: number, total: number | undefined): void;
  /** Bytes for a file that is not in the loose store: its artifact, if one holds it. */
  artifactOf(file: Digest): Promise<Digest | undefined>;
  /**
   * The log of the attempt's process grew (O3): told, in order, before a result that names it. It
   * may be known already: from `load`, or from another process that began alike.
   */
  extended(chunk: LogChunk): void;
  /**
   * Its process is about to create, change or remove this path, named as observations name it
   * (O5). Told before the results of all who could have read what was written, also where it was
   * an earlier action or a module of that process that wrote.
   */
  wrote(path: string): void;
  /** What this call of a checkpoint came to before (R4); `null`: it is to run. */
  checkpoint(call: CheckpointCall): Promise<CheckpointAnswer | null>;
  /** A checkpoint ran; resolves when it is on record, and only then may its caller go on. */
  checkpointed(ended: EndedCheckpoint): Promise<void>;
  /** What the action saved last, in this attempt or before (R5); `null`: nothing. */
  snapshot(): Promise<SavedSnapshot | null>;
  /** Resolves when it is on record. */
  snapshotSaved(snapshot: SavedSnapshot): Promise<void>;
}

/** The recorded end of a checkpoint: what it observed counts as the present attempt's (P1). */
export type CheckpointAnswer = Pick<RecordedCheckpoint, 'outcome' | 'observed'>;

/** The code's digest is known to the host. */
export interface EndedCheckpoint extends CheckpointCall {
  readonly outcome: Outcome;
  readonly observed: Observed;
  readonly durationMs: number;
}

/** A task call as it leaves the calling action. */
export interface CallRequest {
  /** Number of the call within its attempt, for `abandon`. */
  readonly call: number;
  readonly task: TaskId;
  readonly args: readonly (Uint8Array | null)[];
  /** Override options, normalised and encoded; only those that were given. */
  readonly override: Uint8Array | undefined;
  readonly groups: readonly string[];
  /** Its caller may abort it by a signal, so the caller's process must not be blocked (X5). */
  readonly abortable?: boolean | undefined;
}

export interface MapCallRequest {
  readonly call: number;
  readonly task: TaskId;
  /** The single argument of each item, encoded. */
  readonly items: readonly Uint8Array[];
  readonly override: Uint8Array | undefined;
  readonly groups: readonly string[];
  readonly concurrency: number;
  /** True: every outcome is wanted. False: stop starting items after the first failure. */
  readonly settled: boolean;
  /** Its caller may abort it by a signal, so the caller's process must not be blocked (X5). */
  readonly abortable?: boolean | undefined;
}

/** The outcome of a call. A map that stopped early leaves `skipped` for what never started. */
export type CallReply =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'skipped' };

export interface AttemptHandle {
  readonly done: Promise<AttemptResult>;
  /** Aborts the task's signal, and ends the worker if the task does not end within 250 ms. */
  cancel(reason: 'timeout' | 'cancelled'): void;
}

export type AttemptResult =
  | {
      readonly kind: 'ended';
      readonly outcome: Outcome;
      readonly waves: readonly Wave[];
      /** The log of its process as it was when the attempt ended. */
      readonly log: LogPrefix | null;
      readonly impurities: readonly Impurity[];
      /** Why no trace may be kept, in a sentence that names file and line (O4, O5). */
      readonly untraceable?: string;
      readonly durationMs: number;
    }
  /** Stopped because `cancel` was called. */
  | { readonly kind: 'stopped'; readonly reason: 'timeout' | 'cancelled' }
  /** The process went away, or never came. */
  | { readonly kind: 'lost'; readonly cause: LossCause; readonly message: string };

export type LossCause = 'memory' | 'crash' | 'collateral' | 'disk-full' | 'disk' | 'start';
