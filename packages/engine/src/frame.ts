import type { Digest } from '@skein/values';
import type {
  ActionKey,
  ActionNumber,
  Clock,
  Failure,
  Outcome,
  RunEvent,
  RunId,
  TaskOptions,
} from '@skein/model';
import type { BundleLocation, Executor } from '@skein/executors';
import type { BlobStore, TraceStore } from '@skein/store';
import type { Admission } from './admit.ts';
import type { Flights } from './flight.ts';
import type { LiveAction } from './live-action.ts';
import type { PreparedTask, PreparedTasks } from './prepare.ts';
import type { Presence } from './presence.ts';
import type { SettledCall } from './settled-call.ts';

/** An argument of a call, its bytes fetched only where the call has to execute. */
export interface CallSpec {
  readonly task: PreparedTask;
  /** One digest for each parameter; `OMITTED` stands for an omitted one. */
  readonly inputs: readonly Digest[];
  /** `undefined`: the bytes are gone (T5). */
  readonly args: () => Promise<readonly (Uint8Array | null)[] | undefined>;
  readonly groups: readonly string[];
  readonly override: Uint8Array | undefined;
  /** Task, overrides and inputs: what R1 and T3 match calls by, with a count. */
  readonly identity: string;
}

/** What every part of one run shares. Made once by `run`, and handed down. */
export interface RunFrame {
  readonly run: RunId;
  readonly clock: Clock;
  readonly traces: TraceStore;
  readonly blobs: BlobStore;
  readonly bundle: () => Promise<BundleLocation>;
  readonly executorFor: (options: TaskOptions) => Executor;
  readonly tasks: PreparedTasks;
  readonly force: boolean;
  readonly admission: Admission;
  readonly flights: Flights;
  /** Executions that go on, also those that nobody waits for any more. */
  readonly presence: Presence;
  /** Outcomes that were verified in this run, by key; nothing beneath them is uncached. */
  readonly known: Map<ActionKey, Outcome>;
  /** Artifacts seen to be there. */
  readonly present: Set<Digest>;
  /** A variable's value as workers see it, for checking what was observed. */
  readonly variable: (name: string) => string | undefined;
  /** Why a task whose code changed executes: field names for a `key-changed` reason. */
  readonly changesOf: (task: PreparedTask) => readonly string[] | undefined;
  readonly nextAction: () => ActionNumber;
  /** `acknowledged` is called once the row that holds the event is appended (D1). */
  readonly emit: (event: RunEvent, acknowledged?: () => void) => void;
  readonly warn: (warning: Failure, action?: ActionNumber) => void;
  /** Makes a call for a check, through the slots of the action that is being checked (T3). */
  readonly checkCall: (
    caller: LiveAction,
    call: { readonly spec: CallSpec; readonly count: number },
  ) => Promise<SettledCall>;
  /** Answers the call of a running caller. `opened` gets a way to lose interest in it. */
  readonly claimCall: (
    caller: LiveAction,
    spec: CallSpec,
    opened: (leave: () => void) => void,
  ) => Promise<SettledCall>;
  readonly isCancelled: () => boolean;
}
