import type { Digest } from '@skein/values';
import type {
  ActionNumber,
  CheckpointCall,
  Failure,
  Result,
  LogChunk,
  SavedSnapshot,
  TaskId,
} from '@skein/model';
import type {
  AttemptResult,
  BundleLocation,
  CallReply,
  CallRequest,
  CheckpointAnswer,
  EndedCheckpoint,
  LoadReport,
  MapCallRequest,
} from './executor.ts';
import type { CustodyRequest } from './custody-request.ts';
import type { Containment } from './launcher.ts';

/** Names one attempt between the pool and its workers; never used twice by one pool. */
export type AttemptId = number;

/** What a worker has to know of an attempt. */
export interface RunOrder {
  readonly run: string;
  readonly action: ActionNumber;
  readonly attempt: number;
  readonly task: TaskId;
  readonly args: readonly (Uint8Array | null)[];
  /** What it observes goes to the process's log too (O3). */
  readonly retains: boolean;
  /** Impurities and undeclared writes are errors (O8). */
  readonly strict: boolean;
}

/** What the coordinator says to a worker. */
export type ToWorker =
  | {
      readonly kind: 'load';
      readonly bundle: BundleLocation;
      readonly state: string;
      /** Absolute folder that actions cannot see (O2). */
      readonly invisible: string;
      /** Scratch folder of this process; attempts get folders below it. */
      readonly scratch: string;
      /** Variables that are readable by name only (O6). */
      readonly hidden: Readonly<Record<string, string>>;
      /** The command's `PATH`, where it is handed on. */
      readonly path: string | undefined;
      /** Packages that only pass reads through, besides those that are known (O3). */
      readonly passThrough: readonly string[];
      /** Artifacts are synced to disk (D2). */
      readonly sync: boolean;
      /** Variables whose values must not leave (O7). */
      readonly secrets: readonly string[];
      /** What the crash harness wants to happen. */
      readonly fault?: string | undefined;
      /** Present where it runs in a container. */
      readonly container?: Containment;
    }
  | {
      readonly kind: 'run';
      readonly id: AttemptId;
      readonly order: RunOrder;
      /** It starts once fewer actions than this are running in the process. */
      readonly limit: number;
      /** Its start is told before its code runs: a busy loop could keep it back for ever. */
      readonly prompt: boolean;
    }
  | {
      readonly kind: 'reply';
      readonly id: AttemptId;
      readonly call: number;
      readonly reply: CallReply;
    }
  | {
      readonly kind: 'map-reply';
      readonly id: AttemptId;
      readonly call: number;
      readonly replies: readonly CallReply[];
      readonly last: boolean;
    }
  | { readonly kind: 'cancel'; readonly id: AttemptId; readonly reason: 'timeout' | 'cancelled' }
  /** Hand back this many of the attempts that have not started, the latest first. */
  | { readonly kind: 'recall'; readonly count: number }
  | { readonly kind: 'artifact'; readonly request: number; readonly artifact: Digest | null }
  | { readonly kind: 'custody-answer'; readonly request: number; readonly answer: Result<string> }
  /** The answer to a `DurableRequest`; `null` also where there is nothing to answer but that. */
  | {
      readonly kind: 'durable-answer';
      readonly id: AttemptId;
      readonly request: number;
      readonly answer: DurableAnswer;
    };

/** What an attempt asks of its record, or has put on it (R4, R5). */
export type DurableRequest =
  | { readonly what: 'checkpoint'; readonly call: CheckpointCall }
  | { readonly what: 'checkpointed'; readonly ended: EndedCheckpoint }
  | { readonly what: 'snapshot' }
  | { readonly what: 'snapshot-saved'; readonly snapshot: SavedSnapshot };

export type DurableAnswer = CheckpointAnswer | SavedSnapshot | null;

/** What a worker says to the coordinator. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly report: LoadReport }
  | { readonly kind: 'load-failed'; readonly failure: Failure }
  | { readonly kind: 'started'; readonly id: AttemptId }
  | { readonly kind: 'returned'; readonly ids: readonly AttemptId[] }
  | { readonly kind: 'call'; readonly id: AttemptId; readonly request: CallRequest }
  | { readonly kind: 'map'; readonly id: AttemptId; readonly request: MapCallRequest }
  | { readonly kind: 'abandon'; readonly id: AttemptId; readonly call: number }
  | { readonly kind: 'done'; readonly id: AttemptId; readonly result: AttemptResult }
  | {
      readonly kind: 'log';
      readonly id: AttemptId;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    }
  | {
      readonly kind: 'progress';
      readonly id: AttemptId;
      readonly done: number;
      readonly total: number | undefined;
    }
  | {
      readonly kind: 'durable';
      readonly id: AttemptId;
      readonly request: number;
      readonly asked: DurableRequest;
    }
  /** The log of the process grew. */
  | { readonly kind: 'extended'; readonly chunk: LogChunk }
  /** `id` is 0 where the code belongs to no attempt. */
  | { readonly kind: 'wrote'; readonly id: AttemptId; readonly path: string }
  /** `id` is 0 where the code belongs to no attempt. */
  | {
      readonly kind: 'custody';
      readonly id: AttemptId;
      readonly request: number;
      readonly asked: CustodyRequest;
    }
  | {
      readonly kind: 'artifact-request';
      readonly id: AttemptId;
      readonly request: number;
      readonly file: Digest;
    };
