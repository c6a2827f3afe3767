import type { Digest } from '@skein/values';
import type { ActionNumber, Failure, TaskId, TaskRow } from '@skein/model';
import type {
  AttemptResult,
  BundleLocation,
  CallReply,
  CallRequest,
  MapCallRequest,
} from './executor.ts';

/** Names one attempt between the pool and its workers; never used twice by one pool. */
export type AttemptId = number;

/** What a worker has to know of an attempt. */
export interface RunOrder {
  readonly run: string;
  readonly action: ActionNumber;
  readonly attempt: number;
  readonly task: TaskId;
  readonly args: readonly (Uint8Array | null)[];
}

/** What the coordinator says to a worker. */
export type ToWorker =
  | {
      readonly kind: 'load';
      readonly bundle: BundleLocation;
      readonly state: string;
      /** Scratch folder of this process; attempts get folders below it. */
      readonly scratch: string;
      /** Variables that are readable by name only (O6). */
      readonly hidden: Readonly<Record<string, string>>;
      /** Variables whose values must not leave (O7). */
      readonly secrets: readonly string[];
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
  | { readonly kind: 'artifact'; readonly request: number; readonly artifact: Digest | null };

/** What a worker says to the coordinator. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly rows: readonly TaskRow[] }
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
      readonly kind: 'artifact-request';
      readonly id: AttemptId;
      readonly request: number;
      readonly file: Digest;
    };
