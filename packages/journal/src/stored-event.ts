import { packDigests } from '@skein/values';
import {
  StoredFormError,
  mustBoolean,
  mustBytes,
  mustDigestOrNull,
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
  storeDigest,
  storeOutcome,
  storePrefix,
  storeSnapshot,
  storeWaves,
} from '@skein/model';
import type {
  ActionCounts,
  ActionFinished,
  ActionKey,
  ActionLogged,
  ActionStarted,
  AttemptFailed,
  CodeVersion,
  Failure,
  Impurity,
  Platform,
  Reason,
  RecordedInput,
  RunEvent,
  RunFinished,
  RunId,
  RunOrigin,
  RunStarted,
  RunStatus,
  Stored,
  TaskId,
  Verdict,
} from '@skein/model';

/** Stored as their index: only ever add at the end. */
const VERDICTS: readonly Verdict['kind'][] = ['reuse', 'adopt', 'execute'];
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
      return [ACTION_STARTED, event.at, ...storeCall(event), event.override ?? null];
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

/** Throws a `StoredFormError` where the form is not ours. */
export function readEvent(stored: unknown): RunEvent {
  const fields = mustList(stored);
  switch (fields[0]) {
    case RUN_STARTED:
      return readRunStarted(fields);
    case ACTION_STARTED:
      return {
        kind: 'action-started',
        at: mustNumber(fields[1]),
        ...readCall(fields),
        ...readOverride(fields[9]),
      };
    case ACTION_FINISHED:
      return readActionFinished(fields);
    case ACTION_PASSED:
      return {
        kind: 'action-passed',
        at: mustNumber(fields[1]),
        action: mustNumber(fields[2]),
        parent: mustNumber(fields[3]),
      };
    case ATTEMPT_STARTED:
      return {
        kind: 'attempt-started',
        at: mustNumber(fields[1]),
        action: mustNumber(fields[2]),
        attempt: mustNumber(fields[3]),
        worker: mustText(fields[4]),
      };
    case ATTEMPT_FAILED:
      return readAttemptFailed(fields);
    case ACTION_LOGGED:
      return {
        kind: 'action-logged',
        at: mustNumber(fields[1]),
        action: mustNumber(fields[2]),
        stream: mustMember(STREAMS, fields[3]),
        text: mustText(fields[4]),
        ...(isAbsent(fields[5]) ? {} : { worker: mustText(fields[5]) }),
      };
    case PROCESS_LOGGED:
      return {
        kind: 'process-logged',
        at: mustNumber(fields[1]),
        chunk: readChunk(fields[2]),
      };
    case CHECKPOINT_RECORDED:
      return {
        kind: 'checkpoint-recorded',
        at: mustNumber(fields[1]),
        action: mustNumber(fields[2]),
        attempt: mustNumber(fields[3]),
        record: readCheckpoint(fields[4]),
        durationMs: mustNumber(fields[5]),
      };
    case SNAPSHOT_SAVED:
      return {
        kind: 'snapshot-saved',
        at: mustNumber(fields[1]),
        action: mustNumber(fields[2]),
        attempt: mustNumber(fields[3]),
        snapshot: readSnapshot(fields[4]),
      };
    case RUN_DESCRIBED:
      return {
        kind: 'run-described',
        at: mustNumber(fields[1]),
        version: mustRecord(fields[2]) as unknown as CodeVersion,
      };
    case RUN_WARNED:
      return {
        kind: 'run-warned',
        at: mustNumber(fields[1]),
        warning: mustRecord(fields[2]) as unknown as Failure,
        ...(fields[3] === null ? {} : { action: mustNumber(fields[3]) }),
      };
    case RUN_FINISHED:
      return readRunFinished(fields);
    default:
      throw new StoredFormError('an unknown event');
  }
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
    platform: mustRecord(fields[7]) as unknown as Platform,
    bundle,
    code,
    process: mustRecord(fields[9]) as unknown as RunStarted['process'],
    ...(isAbsent(fields[10]) ? {} : { origin: mustRecord(fields[10]) as unknown as RunOrigin }),
    ...(isAbsent(fields[11])
      ? {}
      : { variables: mustRecord(fields[11]) as unknown as NonNullable<RunStarted['variables']> }),
  };
}

/** What rows of before a field was added do not have. */
function isAbsent(field: unknown): boolean {
  return field === undefined || field === null;
}

function readOverride(field: unknown): { readonly override?: Uint8Array } {
  return isAbsent(field) ? {} : { override: mustBytes(field) };
}

type Call = Omit<ActionStarted, 'kind' | 'at' | 'override'>;

/** Fields 2 to 8 of a start and of a finish. */
function storeCall(call: Call): Stored {
  const { action, parent, task, key, inputs, verdict, groups } = call;
  const digests = packDigests(inputs.map((input) => input.digest));
  const kept = inputs.some((input) => input.bytes !== undefined);
  const bytes = kept ? inputs.map((input) => input.bytes ?? null) : null;
  return [action, parent, task, storeDigest(key), [digests, bytes], storeVerdict(verdict), groups];
}

function readCall(fields: Stored): Call {
  return {
    action: mustNumber(fields[2]),
    parent: mustNumber(fields[3]),
    task: mustText(fields[4]) as TaskId,
    key: mustDigestOrNull(fields[5]) as ActionKey | null,
    inputs: readInputs(mustList(fields[6])),
    verdict: readVerdict(mustList(fields[7])),
    groups: mustList(fields[8]).map(mustText),
  };
}

function readInputs([digests, bytes]: Stored): readonly RecordedInput[] {
  const kept = bytes === null ? [] : mustList(bytes);
  return mustDigests(digests).map((digest, index) => {
    const own = kept[index];
    return own === undefined || own === null ? { digest } : { digest, bytes: mustBytes(own) };
  });
}

/** A reason without further fields is its kind alone. */
function storeVerdict({ kind, reason }: Verdict): Stored {
  const plain = Object.keys(reason).length === 1;
  return [VERDICTS.indexOf(kind), plain ? reason.kind : reason];
}

function readVerdict([kind, reason]: Stored): Verdict {
  return { kind: mustMember(VERDICTS, kind), reason: readReason(reason) };
}

/** Before files were observed, changes were named in a sentence and had no values. */
function readReason(stored: unknown): Reason {
  if (typeof stored === 'string') return { kind: stored } as Reason;
  const reason = mustRecord(stored);
  if (reason['kind'] === 'key-changed' && reason['changes'] === undefined) {
    const names = mustList(reason['changed']).map(mustText);
    return { kind: 'key-changed', changes: names.map((name) => ({ kind: 'setting', name })) };
  }
  if (reason['kind'] === 'observation-changed' && reason['before'] === undefined) {
    const name = mustText(reason['what']).replace(/^variable /, '');
    const before = { kind: 'variable', name, digest: null } as const;
    return { kind: 'observation-changed', before, after: null };
  }
  return reason as unknown as Reason;
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
  };
}

function readAttemptFailed(fields: Stored): AttemptFailed {
  return {
    kind: 'attempt-failed',
    at: mustNumber(fields[1]),
    action: mustNumber(fields[2]),
    attempt: mustNumber(fields[3]),
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
