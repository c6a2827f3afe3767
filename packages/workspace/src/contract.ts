import type { CallGraph, InputSchema } from '@skein/analysis';
import type {
  Clock,
  Failure,
  Plan,
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
import type { AffectedReport, VerifyReport, WhyReport } from '@skein/view';

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
  /** What such a run would execute and reuse; nothing of the author's code runs, or is recorded. */
  plan(request: PlanRequest): Promise<Result<Plan>>;
  runs(filter: RunFilter): Result<readonly RunOverview[]>;
  /** By id, unique prefix, or `last`. */
  show(run: string): Result<RunState>;
  /** Decoded value of a recorded input or result; `undefined` in `value` may be a real one. */
  decode(
    bytes: Uint8Array,
  ): { readonly ok: true; readonly value: unknown } | { readonly ok: false };
  /** Bytes of a recorded input that its event only names. */
  recorded(digest: Digest): Uint8Array | undefined;
  /** Why the actions of a recorded run executed or were reused. */
  why(request: WhyRequest): Promise<Result<WhyReport>>;
  /** Executes a recorded run again without recording it, and compares what comes out. */
  verify(request: VerifyRequest): Promise<Result<VerifyReport>>;
  /** Which tasks' code differs between two states of the tree. */
  affected(request: AffectedRequest): Promise<AffectedResult>;
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

export interface AffectedRequest {
  /** The commit to compare with. */
  readonly base: string;
  /** The commit that is compared; absent: the files as they are. */
  readonly head?: string;
  /** Absolute paths of entries; none: every module that looks like one. */
  readonly files: readonly string[];
}

export type AffectedResult =
  | { readonly ok: true; readonly report: AffectedReport }
  | { readonly ok: false; readonly failures: readonly [Failure, ...Failure[]] };

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
  /** Execute these tasks, by name or id, whatever is known; the others as usual. */
  readonly forceTasks?: readonly string[];
  /** Leave no traces: later runs are as if this one had not been. It is recorded all the same. */
  readonly readOnly?: boolean;
  /** Impurities and undeclared writes are errors in every task (O8). */
  readonly strict?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly initiator: string;
  readonly onEvent?: (event: RunEvent) => void;
  readonly signal?: AbortSignal;
}

/** What is asked: a run by id, prefix or `last`; an action by number, or a task by name or id. */
export interface WhyRequest {
  readonly run: string;
  readonly action?: string;
}

export interface VerifyRequest extends Pick<StartRequest, 'executor' | 'initiator' | 'signal'> {
  /** By id, unique prefix, or `last`. */
  readonly run: string;
}

/** A run that is not to be: what decides what it would do. */
export type PlanRequest = Pick<
  StartRequest,
  'task' | 'override' | 'args' | 'executor' | 'force' | 'forceTasks' | 'strict'
>;

export interface RunHandle {
  readonly run: RunId;
  readonly done: Promise<RunSummary>;
  /** The encoded record of the error the run failed with; `undefined` where it did not. */
  readonly thrown: Promise<Uint8Array | undefined>;
  /** Graceful: stops starting, aborts what runs, records. */
  cancel(): void;
}
