import type { CallGraph, InputSchema } from '@skein/analysis';
import type {
  Clock,
  Failure,
  Result,
  RunEvent,
  RunId,
  RunOverview,
  RunSummary,
  TaskDefinition,
  TaskId,
} from '@skein/model';
import type { Digest } from '@skein/values';
import type { RunFilter, RunState } from '@skein/journal';

/** How to find and open a workspace. */
export interface OpenRequest {
  /** Absolute path of the pipeline's file; absent for commands that only read the record. */
  readonly entry?: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** What a pipeline that runs inline gets as `skein`. Default: the SDK alone, without `run`. */
  readonly skein?: Readonly<Record<string, unknown>>;
  readonly warn: (warning: Failure) => void;
}

/** Config → wired engine. One object serves every way in: command, Nx executor, library. */
export interface Workspace {
  /** Absolute root (DESIGN §1) and state directory. */
  readonly root: string;
  readonly state: string;
  /** Tasks of the entry in source order, or every diagnostic. */
  tasks(): Promise<
    | { readonly ok: true; readonly tasks: readonly TaskDefinition[] }
    | { readonly ok: false; readonly failures: readonly Failure[] }
  >;
  schema(task: TaskId): Promise<Result<InputSchema>>;
  graph(): Promise<Result<CallGraph>>;
  /** Everything that can reject a run does so here, before anything is recorded. */
  start(request: StartRequest): Promise<Result<RunHandle>>;
  runs(filter: RunFilter): Result<readonly RunOverview[]>;
  /** By id, unique prefix, or `last`. */
  show(run: string): Result<RunState>;
  /** Decoded value of a recorded input or result; `undefined` in `value` may be a real one. */
  decode(
    bytes: Uint8Array,
  ): { readonly ok: true; readonly value: unknown } | { readonly ok: false };
  /** Bytes of a recorded input that its event only names. */
  recorded(digest: Digest): Uint8Array | undefined;
  /** Facts about this machine and workspace for `skein doctor`. */
  doctor(): Promise<readonly DoctorCheck[]>;
  close(): Promise<void>;
}

export interface DoctorCheck {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  readonly hint?: string;
}

export interface StartRequest {
  /** Default: a new id. */
  readonly run?: RunId;
  readonly task: TaskId;
  /** Options of the entry itself, encoded: what `task.override` was given. */
  readonly override?: Uint8Array;
  /** Real values (`File` and `Dir` included); missing trailing ones are omitted (V5). */
  readonly args: readonly unknown[];
  readonly executor?: 'pool' | 'inline';
  /** Bound on actions that run at once. Default: no bound but tokens and workers. */
  readonly concurrency?: number;
  /** Execute everything, whatever is known. */
  readonly force?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly initiator: string;
  readonly onEvent?: (event: RunEvent) => void;
  readonly signal?: AbortSignal;
}

export interface RunHandle {
  readonly run: RunId;
  readonly done: Promise<RunSummary>;
  /** The encoded record of the error the run failed with; `undefined` where it did not. */
  readonly thrown: Promise<Uint8Array | undefined>;
  /** Graceful: stops starting, aborts what runs, records. */
  cancel(): void;
}
