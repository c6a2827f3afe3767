import { packDigests } from '@skein/values';
import {
  StoredFormError,
  mustBoolean,
  mustDigests,
  mustList,
  mustMember,
  mustNumber,
  mustRecord,
  mustText,
  readCheckpoint,
  readChunk,
  readOutcome,
  readPrefix,
  readSnapshot,
  readWaves,
  storeCheckpoint,
  storeChunk,
  storeOutcome,
  storePrefix,
  storeSnapshot,
  storeWaves,
} from '@skein/model';
import type {
  ActionCounts,
  ActionFinished,
  ActionLogged,
  AttemptFailed,
  CodeVersion,
  Failure,
  Impurity,
  RunEvent,
  RunFinished,
  RunId,
  RunOrigin,
  RunStarted,
  RunStatus,
  Stored,
  TaskId,
} from '@skein/model';
import {
  isAbsent,
  readCall,
  readCount,
  readImage,
  readInputs,
  readOverride,
  storeCall,
  storeImage,
  storeInputs,
} from './stored-call.ts';

/** Stored as their index: only ever add at the end. */
const STATUSES: readonly RunStatus[] = [
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
];
const STREAMS: readonly ActionLogged['stream'][] = ['stdout', 'stderr'];

const RUN_STARTED = 0;
const ACTION_STARTED = 1;
const ACTION_FINISHED = 2;
const ATTEMPT_STARTED = 3;
const ATTEMPT_FAILED = 4;
const ACTION_LOGGED = 5;
const RUN_WARNED = 6;
const RUN_FINISHED = 7;
const ACTION_PASSED = 8;
const PROCESS_LOGGED = 9;
const CHECKPOINT_RECORDED = 10;
const SNAPSHOT_SAVED = 11;
const RUN_DESCRIBED = 12;

/** The events that are written: progress is live only. */
export type WrittenEvent = Exclude<RunEvent, { readonly kind: 'action-progressed' }>;

/** An event as its kind's number, its time, and its fields in the order of the model. */
export function storeEvent(event: WrittenEvent): Stored {
  switch (event.kind) {
    case 'run-started':
      return storeRunStarted(event);
    case 'action-started':
      return [
        ACTION_STARTED,
        event.at,
        ...storeCall(event),
        event.override ?? null,
        event.count ?? null,
        event.image === undefined ? null : storeImage(event.image),
      ];
    case 'action-finished':
      return storeActionFinished(event);
    case 'action-passed':
      return [ACTION_PASSED, event.at, event.action, event.parent];
    case 'attempt-started':
      return [ATTEMPT_STARTED, event.at, event.action, event.attempt, event.worker];
    case 'attempt-failed': {
      const { at, action, attempt, outcome, retryInMs } = event;
      return [ATTEMPT_FAILED, at, action, attempt, storeOutcome(outcome), retryInMs ?? null];
    }
    case 'action-logged': {
      const { at, action, stream, text, worker } = event;
      return [ACTION_LOGGED, at, action, STREAMS.indexOf(stream), text, worker ?? null];
    }
    case 'process-logged':
      return [PROCESS_LOGGED, event.at, storeChunk(event.chunk)];
    case 'checkpoint-recorded': {
      const { at, action, attempt, record, durationMs } = event;
      return [CHECKPOINT_RECORDED, at, action, attempt, storeCheckpoint(record), durationMs];
    }
    case 'snapshot-saved': {
      const { at, action, attempt, snapshot } = event;
      return [SNAPSHOT_SAVED, at, action, attempt, storeSnapshot(snapshot)];
    }
    case 'run-described':
      return [RUN_DESCRIBED, event.at, event.version];
    case 'run-warned':
      return [RUN_WARNED, event.at, event.warning, event.action ?? null];
    case 'run-finished': {
      const { at, status, outcome, thrower, counts, durationMs } = event;
      const ended = outcome === undefined ? null : storeOutcome(outcome);
      const index = STATUSES.indexOf(status);
      return [RUN_FINISHED, at, index, ended, thrower ?? null, storeCounts(counts), durationMs];
    }
  }
}

/** By the number of the kind. */
const READERS: readonly ((fields: Stored) => RunEvent)[] = [
  readRunStarted,
  readActionStarted,
  readActionFinished,
  readAttemptStarted,
  readAttemptFailed,
  readActionLogged,
  readRunWarned,
  readRunFinished,
  readActionPassed,
  readProcessLogged,
  readCheckpointRecorded,
  readSnapshotSaved,
  readRunDescribed,
];

/** Throws a `StoredFormError` where the form is not ours. */
export function readEvent(stored: unknown): RunEvent {
  const fields = mustList(stored);
  return mustMember(READERS, fields[0])(fields);
}

function readActionStarted(fields: Stored): RunEvent {
  const at = mustNumber(fields[1]);
  const call = { ...readCall(fields), ...readOverride(fields[9]), ...readCount(fields[10]) };
  return { kind: 'action-started', at, ...call, ...readImage(fields[11]) };
}

function readActionPassed([, at, action, parent]: Stored): RunEvent {
  return {
    kind: 'action-passed',
    at: mustNumber(at),
    action: mustNumber(action),
    parent: mustNumber(parent),
  };
}

function readAttemptStarted(fields: Stored): RunEvent {
  return { kind: 'attempt-started', ...readAttempt(fields), worker: mustText(fields[4]) };
}

function readAttempt([, at, action, attempt]: Stored) {
  return { at: mustNumber(at), action: mustNumber(action), attempt: mustNumber(attempt) };
}

function readActionLogged([, at, action, stream, text, worker]: Stored): RunEvent {
  return {
    kind: 'action-logged',
    at: mustNumber(at),
    action: mustNumber(action),
    stream: mustMember(STREAMS, stream),
    text: mustText(text),
    ...(isAbsent(worker) ? {} : { worker: mustText(worker) }),
  };
}

function readProcessLogged([, at, chunk]: Stored): RunEvent {
  return { kind: 'process-logged', at: mustNumber(at), chunk: readChunk(chunk) };
}

function readCheckpointRecorded(fields: Stored): RunEvent {
  const record = readCheckpoint(fields[4]);
  const durationMs = mustNumber(fields[5]);
  return { kind: 'checkpoint-recorded', ...readAttempt(fields), record, durationMs };
}

function readSnapshotSaved(fields: Stored): RunEvent {
  return { kind: 'snapshot-saved', ...readAttempt(fields), snapshot: readSnapshot(fields[4]) };
}

function readRunDescribed([, at, version]: Stored): RunEvent {
  const described = mustRecord(version) as unknown as CodeVersion;
  return { kind: 'run-described', at: mustNumber(at), version: described };
}

function readRunWarned([, at, warning, action]: Stored): RunEvent {
  return {
    kind: 'run-warned',
    at: mustNumber(at),
    warning: mustRecord(warning) as unknown as Failure,
    ...(action === null ? {} : { action: mustNumber(action) }),
  };
}

function storeRunStarted(event: RunStarted): Stored {
  const { at, run, entry, task, initiator, labels, platform, bundle, code, process } = event;
  const digests = packDigests([bundle, code]);
  return [
    RUN_STARTED,
    at,
    run,
    entry,
    task,
    initiator,
    labels,
    platform,
    digests,
    process,
    event.origin ?? null,
    event.variables ?? null,
    event.inputs === undefined ? null : storeInputs(event.inputs),
    event.override ?? null,
  ];
}

function readRunStarted(fields: Stored): RunStarted {
  const [bundle, code] = mustDigests(fields[8]);
  if (bundle === undefined || code === undefined) throw new StoredFormError('a digest is missing');
  return {
    kind: 'run-started',
    at: mustNumber(fields[1]),
    run: mustText(fields[2]) as RunId,
    entry: mustText(fields[3]),
    task: mustText(fields[4]) as TaskId,
    initiator: mustText(fields[5]),
    labels: mustRecord(fields[6]) as Readonly<Record<string, string>>,
    platform: mustRecord(fields[7]) as unknown as RunStarted['platform'],
    bundle,
    code,
    process: mustRecord(fields[9]) as unknown as RunStarted['process'],
    ...(isAbsent(fields[10]) ? {} : { origin: mustRecord(fields[10]) as unknown as RunOrigin }),
    ...(isAbsent(fields[11])
      ? {}
      : { variables: mustRecord(fields[11]) as unknown as NonNullable<RunStarted['variables']> }),
    ...(isAbsent(fields[12]) ? {} : { inputs: readInputs(mustList(fields[12])) }),
    ...readOverride(fields[13]),
  };
}

function storeActionFinished(event: ActionFinished): Stored {
  return [
    ACTION_FINISHED,
    event.at,
    ...storeCall(event),
    storeOutcome(event.outcome),
    event.attempts,
    event.durationMs,
    storeWaves(event.waves),
    event.impurities,
    event.untraced ?? null,
    event.traced,
    storePrefix(event.log),
    event.override ?? null,
    event.count ?? null,
  ];
}

function readActionFinished(fields: Stored): ActionFinished {
  return {
    kind: 'action-finished',
    at: mustNumber(fields[1]),
    ...readCall(fields),
    outcome: readOutcome(fields[9]),
    attempts: mustNumber(fields[10]),
    durationMs: mustNumber(fields[11]),
    waves: readWaves(fields[12]),
    impurities: mustList(fields[13]).map((one) => mustRecord(one) as unknown as Impurity),
    ...(fields[14] === null ? {} : { untraced: mustText(fields[14]) }),
    traced: mustBoolean(fields[15]),
    log: readPrefix(fields[16]),
    ...readOverride(fields[17]),
    ...readCount(fields[18]),
  };
}

function readAttemptFailed(fields: Stored): AttemptFailed {
  return {
    kind: 'attempt-failed',
    ...readAttempt(fields),
    outcome: readOutcome(fields[4]),
    ...(fields[5] === null ? {} : { retryInMs: mustNumber(fields[5]) }),
  };
}

function readRunFinished(fields: Stored): RunFinished {
  return {
    kind: 'run-finished',
    at: mustNumber(fields[1]),
    status: mustMember(STATUSES, fields[2]),
    ...(fields[3] === null ? {} : { outcome: readOutcome(fields[3]) }),
    ...(fields[4] === null ? {} : { thrower: mustNumber(fields[4]) }),
    counts: readCounts(mustList(fields[5])),
    durationMs: mustNumber(fields[6]),
  };
}

function storeCounts({ total, executed, reused, adopted, failed }: ActionCounts): Stored {
  return [total, executed, reused, adopted, failed];
}

function readCounts([total, executed, reused, adopted, failed]: Stored): ActionCounts {
  return {
    total: mustNumber(total),
    executed: mustNumber(executed),
    reused: mustNumber(reused),
    adopted: mustNumber(adopted),
    failed: mustNumber(failed),
  };
}
