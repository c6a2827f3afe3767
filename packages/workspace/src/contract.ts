import type { CallGraph, InputSchema } from '@skein/analysis';
import type {
  Clock,
  Failure,
  Plan,
  ResumePlan,
  Result,
  RunEvent,
  RunId,
  RunOrigin,
  RunOverview,
  RunSummary,
  SharingLeft,
  TaskDefinition,
  TaskId,
} from '@skein/model';
import type { Digest } from '@skein/values';
import type { EventPage, RunFilter, RunIndex, RunState } from '@skein/journal';
import type { EntryCode } from './entry-code.ts';
import type { ExecutorChoice } from './image-for.ts';
import type { ImageReport } from './image-inspect.ts';
import type { ImageListing } from './image-list.ts';
import type { TellImageStep } from './image-step.ts';
import type { ImageUpdateReport, ImageUpdateRequest } from './image-update.ts';
import type { RemoteMode } from './remote-config.ts';
import type { SayDifferences } from './differences.ts';
import type {
  AffectedReport,
  GcReport,
  LineageReport,
  PinnedRun,
  PullReport,
  PushReport,
  ReplayReport,
  VerifyReport,
  WhyReport,
} from '@skein/view';
import type { Pinned } from './pin.ts';
import type { PullRequest } from './pull.ts';
import type { PushRequest } from './push.ts';

/** How to find and open a workspace. */
export interface OpenRequest {
  /** Absolute path of the pipeline's file; absent for commands that only read the record. */
  readonly entry?: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** What a pipeline that runs inline gets as `skein`. Default: the SDK alone, without `run`. */
  readonly skein?: Readonly<Record<string, unknown>>;
  /** Of Skein, as recorded with a run. Default: `0.0.0`. */
  readonly version?: string;
  /** A run is to be recorded: a state that can only be read is refused without an entry too. */
  readonly records?: boolean;
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
  /** The run that a resume goes on from, and what its entry was called with (R1). */
  resumable(request: ResumableRequest): Promise<Result<Resumable>>;
  /** A recorded run, or an action of it, ready to run again with the recorded code. */
  repeatable(request: RepeatableRequest): Promise<Result<Repeatable>>;
  /** Executes one recorded action in this process, and compares; nothing is recorded. */
  replay(request: ReplayRequest): Promise<Result<ReplayReport>>;
  /** What such a resume would adopt, reuse and execute; nothing runs, or is recorded (R2). */
  planResume(request: ResumePlanRequest): Promise<Result<ResumePlan>>;
  runs(filter: RunFilter): Result<readonly RunOverview[]>;
  /** By id, unique prefix, or `last`. */
  show(run: string): Result<RunIndex>;
  /** What was recorded behind a row of its: how to follow a run that another process records. */
  follow(index: RunIndex, after: number): Result<Followed>;
  /** Decoded value of a recorded input or result; `undefined` in `value` may be a real one. */
  decode(
    bytes: Uint8Array,
  ): { readonly ok: true; readonly value: unknown } | { readonly ok: false };
  /** Bytes of a recorded input that its event only names. */
  recorded(digest: Digest): Uint8Array | undefined;
  /** Why the actions of a recorded run executed or were reused. */
  why(request: WhyRequest): Promise<Result<WhyReport>>;
  /** Where a value came from, and what it went into. */
  lineage(request: LineageRequest): Promise<Result<LineageReport>>;
  /** Executes a recorded run again without recording it, and compares what comes out. */
  verify(request: VerifyRequest): Promise<Result<VerifyReport>>;
  /** Which tasks' code differs between two states of the tree. */
  affected(request: AffectedRequest): Promise<AffectedResult>;
  /** Removes what is not wanted any more, safely while runs go on. */
  gc(request: GcRequest): Promise<Result<GcReport>>;
  /** Keeps a run whatever its age, or lets it go again. */
  pin(run: string, isPinned: boolean): Result<Pinned>;
  /** In the order in which they were pinned. */
  pins(): Result<readonly PinnedRun[]>;
  /** Shares what the state knows, as far as it may be. */
  push(request: PushRequest): Promise<Result<PushReport>>;
  /** Brings what is shared into the state. */
  pull(request: PullRequest): Promise<Result<PullReport>>;
  /** The images that the lock knows, and that tasks of the entry name. */
  listImages(): Promise<Result<ImageListing>>;
  /** Asks the registries again what images stand for, and moves the lock. */
  updateImages(request: ImageUpdateRequest): Promise<Result<ImageUpdateReport>>;
  /** What the lock and the registry say of one image. */
  inspectImage(name: string): Promise<Result<ImageReport>>;
  /** Facts about this machine and workspace for `skein doctor`. */
  doctor(): Promise<readonly DoctorCheck[]>;
  close(): Promise<void>;
}

/** What may go; absent: runs and results of 30 days ago. */
export interface GcRequest {
  /** Runs that ended longer ago go, and results that are older and that no run names. */
  readonly olderThanMs?: number;
  /** The newest so many stay; without `olderThanMs` all others go. */
  readonly keep?: number;
  /** Then the oldest go until the state is not larger. */
  readonly maxSizeBytes?: number;
  /** Runs that failed, were cancelled or interrupted go like others (R3). */
  readonly unfinished?: boolean;
  /** Databases that were set aside as damaged go, too, if they are as old. */
  readonly corrupt?: boolean;
  /** Nothing is removed. */
  readonly dryRun?: boolean;
  readonly progress?: (what: string, done: number, total: number) => void;
}

/** `alive`: whether the run's process was there before the page was read. */
export interface Followed extends EventPage {
  readonly alive: boolean;
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
  /** Where actions run. Default: where their options say. */
  readonly executor?: ExecutorChoice;
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
  /** Added to those of the run that is gone on from. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The address of the remote, or `off`. Default: by variables and configuration. */
  readonly remote?: string;
  /** What is done with it. Default: likewise. */
  readonly remoteMode?: RemoteMode;
  /** What it goes on from (R1); absent: it adopts nothing. */
  readonly resume?: ResumeRequest;
  /** The record that it repeats: the code is the recorded one. */
  readonly repeat?: Repeatable;
  readonly initiator: string;
  readonly onEvent?: (event: RunEvent) => void;
  /** Told what is done about images, before the run begins and for an override. */
  readonly onImage?: TellImageStep;
  /** Told how much is still to be shared, once the run has ended and that alone is waited for. */
  readonly onSharing?: (left: SharingLeft) => void;
  readonly signal?: AbortSignal;
}

export interface RepeatableRequest {
  /** By id, unique prefix, or `last`. */
  readonly run: string;
  /** The number of the one action that is repeated; absent: the entry, and so all. */
  readonly action?: number;
}

export interface ReplayRequest {
  /** By id, unique prefix, or `last`. */
  readonly run: string;
  readonly action: number;
  /** Told the author's function once it is loaded, before it is called. */
  readonly atStart?: (fn: (...args: never[]) => Promise<unknown>) => Promise<void> | void;
  readonly onLog?: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly signal?: AbortSignal;
}

/** What was run, with which inputs and options, and its code. */
export interface Repeatable {
  readonly origin: RunOrigin;
  readonly task: TaskId;
  readonly args: readonly unknown[];
  readonly override?: Uint8Array;
  /** Of the recorded run: a run that repeats it has them too. */
  readonly labels: Readonly<Record<string, string>>;
  readonly code: EntryCode;
  readonly differences: SayDifferences;
}

/** Which run to go on from. */
export interface ResumableRequest {
  /** By id, unique prefix, or `last`; absent: the newest that failed, or did not end. */
  readonly run?: string;
  /** Only runs of this module, an absolute path. */
  readonly entry?: string;
  /** Only runs of this task, by name or id. */
  readonly task?: string;
}

export interface ResumeRequest {
  /** As `resumable` found it. */
  readonly run: RunState;
  /** What becomes of results that other code or data made (R2). Default: `adopt`. */
  readonly edited?: 'adopt' | 'execute';
}

/** A run that has ended, and how its entry was called. */
export interface Resumable {
  readonly state: RunState;
  /** Absolute path of the entry's module; it may be gone. */
  readonly entry: string;
  /** Options that the entry itself was given, encoded. */
  readonly override?: Uint8Array;
  /** By position; absent where the run ended before its entry was recorded. */
  readonly inputs?: readonly EarlierInput[];
}

/** An input as it was recorded. `argument` is one for `StartRequest.args`. */
export type EarlierInput =
  | { readonly kind: 'omitted' }
  | { readonly kind: 'kept'; readonly argument: unknown; readonly bytes: Uint8Array }
  /** Its bytes, or those of a file that it names, are nowhere. */
  | { readonly kind: 'gone'; readonly what: string };

/** What is asked: a run by id, prefix or `last`; an action by number, or a task by name or id. */
export interface WhyRequest {
  readonly run: string;
  readonly action?: string;
}

/** About which value, and which way to go from it. */
export interface LineageRequest {
  /** `run/action/path`, the path of a file or folder, or a digest or its beginning. */
  readonly asked: string;
  /** What relative paths begin at. */
  readonly cwd: string;
  /** Default: `both`. */
  readonly direction?: 'up' | 'down' | 'both';
  /** At most so many steps. Default: no bound. */
  readonly depth?: number;
}

export interface VerifyRequest extends Pick<
  StartRequest,
  'executor' | 'initiator' | 'signal' | 'onImage'
> {
  /** By id, unique prefix, or `last`. */
  readonly run: string;
}

/** A run that is not to be: what decides what it would do. */
export type PlanRequest = Pick<
  StartRequest,
  | 'task'
  | 'override'
  | 'args'
  | 'executor'
  | 'force'
  | 'forceTasks'
  | 'strict'
  | 'remote'
  | 'remoteMode'
  | 'onImage'
>;

export type ResumePlanRequest = PlanRequest & Required<Pick<StartRequest, 'resume'>>;

export interface RunHandle {
  readonly run: RunId;
  readonly done: Promise<RunSummary>;
  /** The encoded record of the error the run failed with; `undefined` where it did not. */
  readonly thrown: Promise<Uint8Array | undefined>;
  /**
   * Graceful: stops starting, aborts what runs, records. Once the run has ended: nothing more is
   * shared.
   */
  cancel(): void;
}
