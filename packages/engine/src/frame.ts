import type { Digest } from '@skein/values';
import type {
  ActionFinished,
  ActionKey,
  ActionNumber,
  Clock,
  Failure,
  MadeElsewhere,
  Reason,
  RunEvent,
  RunId,
  TaskBehaviour,
  TaskId,
  TaskOptions,
  Trace,
} from '@skein/model';
import type { BundleLocation, Executor } from '@skein/executors';
import type { BlobStore, TraceStore } from '@skein/store';
import type { World } from '@skein/tracking';
import type { Admission } from './admit.ts';
import type { Adoptions } from './adoptions.ts';
import type { Deep } from './deep.ts';
import type { Earlier } from './earlier.ts';
import type { Far } from './far.ts';
import type { Flights } from './flight.ts';
import type { LiveAction } from './live-action.ts';
import type { PreparedTask, PreparedTasks } from './prepare.ts';
import type { Presence } from './presence.ts';
import type { Logs } from './logs.ts';
import type { RecentInputs } from './recent-inputs.ts';
import type { SettledCall } from './settled-call.ts';
import type { Taints } from './taints.ts';
import type { Writes } from './writes.ts';

/** An argument of a call, its bytes fetched only where the call has to execute. */
export interface CallSpec {
  readonly task: PreparedTask;
  /** One digest for each parameter; `OMITTED` stands for an omitted one. */
  readonly inputs: readonly Digest[];
  /** `undefined`: the bytes are gone (T5). */
  readonly args: () => Promise<readonly (Uint8Array | null)[] | undefined>;
  /** The bytes where they are at hand, as a running caller gave them. */
  readonly given?: readonly (Uint8Array | null)[];
  readonly groups: readonly string[];
  readonly override: Uint8Array | undefined;
  /** Task, overrides and inputs: what R1 and T3 match calls by, with a count. */
  readonly identity: string;
}

/**
 * Why there is no trace of a call: `never-executed`, `new-inputs`, `key-changed`, `untraced`. New
 * inputs are in no store yet: their bytes are handed over where they are at hand.
 */
export type Explain = (
  task: PreparedTask,
  inputs: readonly Digest[],
  given?: readonly (Uint8Array | null)[],
) => Reason;

/** An outcome, what may forbid to use it, and who made it where that was somebody else. */
export type Verified = Pick<Trace, 'outcome' | 'at' | 'impurities'> & {
  readonly elsewhere?: MadeElsewhere;
};

export interface VerifiedOutcomes {
  get(key: ActionKey): Verified | undefined;
  set(key: ActionKey, verified: Verified): void;
  clear(): void;
}

/** What every part of one run shares. Made once by `run`, and handed down. */
export interface RunFrame {
  readonly run: RunId;
  readonly clock: Clock;
  readonly traces: TraceStore;
  readonly blobs: BlobStore;
  /** Whether a task that is given a file can open it: its content is here, or was brought now. */
  readonly holdsFile: (file: Digest) => Promise<boolean>;
  /** What others know; absent: nobody is asked. */
  readonly far: Far | undefined;
  readonly bundle: () => Promise<BundleLocation>;
  readonly executorFor: (options: TaskOptions) => Executor;
  readonly tasks: PreparedTasks;
  /** Everything executes, whatever is known. */
  readonly force: boolean;
  /** These execute whatever is known. */
  readonly forceTasks: ReadonlySet<TaskId>;
  /** Leaves no traces, and nothing that a later run would look up. */
  readonly readOnly: boolean;
  /** Impurities are errors in every task (O8). */
  readonly strict: boolean;
  readonly admission: Admission;
  readonly flights: Flights;
  /** Executions that go on, also those that nobody waits for any more. */
  readonly presence: Presence;
  /** Outcomes that were verified in this run, by key; nothing beneath them is uncached. */
  readonly known: VerifiedOutcomes;
  /** Blobs seen to be near: artifacts, and inputs. */
  readonly present: Set<Digest>;
  /** Inputs that the store may not have yet. */
  readonly recent: RecentInputs;
  readonly logs: Logs;
  readonly writes: Writes;
  readonly deep: Deep;
  /** The runs that this one goes on from (R1); absent: it stands by itself, or forces all. */
  readonly earlier: Earlier | undefined;
  readonly adoptions: Adoptions;
  readonly taints: Taints;
  /** Digest of a variable, or fact about the machine, as workers see it now; `null`: not set. */
  readonly variable: (name: string) => Digest | null;
  /** What recorded observations would see now (T2). */
  readonly world: World;
  /** What analysis says of a task's executions; absent: nothing is known, so it may keep all. */
  readonly behaviours: ReadonlyMap<TaskId, TaskBehaviour>;
  readonly explain: Explain;
  /** Told of a task whose result somebody else had made: later misses are explained by it. */
  readonly taken: (task: PreparedTask) => void;
  readonly nextAction: () => ActionNumber;
  /** The calls of an action of this run that have ended, from its record. */
  readonly finished: (caller: ActionNumber) => Iterable<ActionFinished>;
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
