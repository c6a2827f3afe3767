import { type ActionState, type RunState, isAlive, readRun } from '@skein/journal';
import { withOmitted } from '@skein/engine';
import type { CheckpointAnswer } from '@skein/executors';
import type {
  CheckpointCall,
  CheckpointId,
  Observation,
  Outcome,
  RunId,
  SavedSnapshot,
  TaskId,
  TaskRow,
} from '@skein/model';
import { unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Opened } from './opened.ts';
import { type MadeBy, ownTraceOf } from './recorded-calls.ts';

/** What a call of an action came to, and when among all that it called. */
export interface RecordedOutcome {
  readonly outcome: Outcome;
  /** Answers came in this order. */
  readonly rank: number;
}

/** What an execution is answered with while it is replayed. */
export interface ReplayRecord {
  /** By identity, in the order of the calls. */
  readonly calls: ReadonlyMap<string, readonly (RecordedOutcome | undefined)[]>;
  /** Calls that count as made before it begins: they led to the snapshot that it goes on from. */
  readonly made: ReadonlyMap<string, number>;
  readonly checkpoints: ReadonlyMap<string, CheckpointAnswer>;
  readonly snapshot: SavedSnapshot | null;
}

/** Of a call that is not on record. */
export const NOTHING_RECORDED: ReplayRecord = {
  calls: new Map(),
  made: new Map(),
  checkpoints: new Map(),
  snapshot: null,
};

export interface CallIdentity {
  readonly task: TaskId;
  readonly inputs: readonly Digest[];
  readonly override: Uint8Array | undefined;
}

type Rows = ReadonlyMap<TaskId, Pick<TaskRow, 'parameters' | 'rest'>>;

/** Calls are the same by task, inputs and overrides (R1, T3). */
export function callIdentity(rows: Rows, { task, inputs, override }: CallIdentity): string {
  const row = rows.get(task);
  const taken = row === undefined ? inputs : withOmitted(row, inputs);
  const options = override === undefined ? '' : Buffer.from(override).toString('hex');
  return `${task}|${options}|${taken.join('|')}`;
}

export function checkpointIdentity({ checkpoint, args, count }: CheckpointCall): string {
  return `${checkpoint} ${args} ${count}`;
}

export interface ReplaySource {
  readonly run: RunState;
  readonly action: ActionState;
  readonly rows: Rows;
  /** The recorded code of each checkpoint, for those that an earlier run recorded (R4). */
  readonly checkpoints: ReadonlyMap<CheckpointId, Digest>;
}

/**
 * What is on record of an action's last attempt: the outcomes of its calls, whoever made them, its
 * checkpoints, and the snapshot that it began with. Where it was reused or adopted it is that of
 * the execution that its outcome came from.
 */
export function replayRecord(opened: Opened, source: ReplaySource): ReplayRecord {
  const { rows } = source;
  const executed = makerOf(opened, { state: source.run, action: source.action });
  if (executed === undefined) return NOTHING_RECORDED;
  const { state: run, action } = executed;
  const earlier = earlierSame(opened, run, { action, rows });
  const own = action.attempts.at(-1)?.snapshot;
  const adopted = own === undefined ? earlier.find((one) => one.snapshot !== undefined) : undefined;
  const snapshot = own ?? adopted?.snapshot ?? null;
  const made = callsBefore(snapshot, rows);
  return {
    calls: callsOf(run, action, { rows, skipped: adopted === undefined ? undefined : made }),
    made,
    checkpoints: checkpointsOf(action, earlier, source.checkpoints),
    snapshot,
  };
}

const HOPS = 16;

/** The execution that an outcome came from; `undefined`: it is not on record any more. */
function makerOf(opened: Opened, from: MadeBy): MadeBy | undefined {
  let at: MadeBy | undefined = from;
  for (let hop = 0; at !== undefined && hop < HOPS; hop += 1) {
    if (at.action.verdict.kind === 'execute') return at;
    at = cameFrom(opened, at);
  }
  return undefined;
}

function cameFrom(opened: Opened, { state, action }: MadeBy): MadeBy | undefined {
  const { reason } = action.verdict;
  if (reason.kind === 'adopted') return actionIn(opened, reason.run, reason.action);
  const digest = action.outcome?.digest;
  for (const other of state.actions.values()) {
    if (other.verdict.kind !== 'execute' || other.outcome?.digest !== digest) continue;
    if (other.key === action.key && other.key !== null) return { state, action: other };
  }
  const trace = ownTraceOf(opened.state, action);
  return trace === undefined ? undefined : actionIn(opened, trace.run, trace.action);
}

function actionIn({ state }: Opened, run: string, number: number): MadeBy | undefined {
  const read = readRun(state.db, run, isAlive);
  const action = read.ok ? read.value.actions.get(number) : undefined;
  return read.ok && action !== undefined ? { state: read.value, action } : undefined;
}

/** A call that failed in an earlier attempt was made again by the last one (R6). */
function callsOf(
  run: RunState,
  action: ActionState,
  of: { readonly rows: Rows; readonly skipped: ReadonlyMap<string, number> | undefined },
): ReplayRecord['calls'] {
  const since = action.attempts.length > 1 ? action.attempts.at(-1)?.startedAt : undefined;
  const children = action.children.flatMap((number) => run.actions.get(number) ?? []);
  const kept = children.filter(
    ({ outcome, finishedAt = 0 }) =>
      outcome !== undefined &&
      (since === undefined || outcome.kind === 'result' || finishedAt >= since),
  );
  const inTime = kept.toSorted((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0));
  const ranks = new Map(inTime.map((child, rank) => [child.action, rank]));
  const calls = new Map<string, (RecordedOutcome | undefined)[]>();
  for (const child of kept) {
    const identity = identityOf(of.rows, child);
    const before = calls.get(identity) ?? gapOf(of.skipped?.get(identity));
    if (child.outcome !== undefined) {
      before.push({ outcome: child.outcome, rank: ranks.get(child.action) ?? 0 });
    }
    calls.set(identity, before);
  }
  return calls;
}

/** Calls that an earlier run recorded come before those of this one, and are never asked for. */
function gapOf(length = 0): (RecordedOutcome | undefined)[] {
  return Array.from({ length }, () => undefined);
}

function identityOf(rows: Rows, { task, inputs, override }: ActionState): string {
  return callIdentity(rows, { task, inputs: inputs.map(({ digest }) => digest), override });
}

/** The same call in the runs that this one went on from, the newest first. */
function earlierSame(
  opened: Opened,
  run: RunState,
  { action, rows }: { readonly action: ActionState; readonly rows: Rows },
): readonly ActionState[] {
  const wanted = identityOf(rows, action);
  const isSame = (other: ActionState): boolean => identityOf(rows, other) === wanted;
  const place = [...run.actions.values()].filter(isSame).indexOf(action);
  const found: ActionState[] = [];
  const seen = new Set<RunId>([run.overview.run]);
  for (let { origin } = run.started; origin?.kind === 'resume' && !seen.has(origin.run);) {
    seen.add(origin.run);
    const read = readRun(opened.state.db, origin.run, isAlive);
    if (!read.ok) return found;
    const same = [...read.value.actions.values()].filter(isSame)[place];
    if (same !== undefined) found.push(same);
    ({ origin } = read.value.started);
  }
  return found;
}

/** Those of the newest run win; of an earlier run only what the recorded code made (R4). */
function checkpointsOf(
  action: ActionState,
  earlier: readonly ActionState[],
  codes: ReplaySource['checkpoints'],
): ReadonlyMap<string, CheckpointAnswer> {
  const answers = new Map<string, CheckpointAnswer>();
  for (const { checkpoints } of earlier.toReversed()) {
    for (const record of checkpoints) {
      if (codes.get(record.checkpoint) === record.code) {
        answers.set(checkpointIdentity(record), record);
      }
    }
  }
  for (const record of action.checkpoints) answers.set(checkpointIdentity(record), record);
  return answers;
}

function callsBefore(snapshot: SavedSnapshot | null, rows: Rows): ReadonlyMap<string, number> {
  const made = new Map<string, number>();
  for (const seen of snapshot?.observed.waves.flat() ?? []) {
    for (const inputs of callsIn(seen)) {
      if (seen.kind !== 'call' && seen.kind !== 'map') continue;
      const identity = callIdentity(rows, { task: seen.task, inputs, override: seen.override });
      made.set(identity, (made.get(identity) ?? 0) + 1);
    }
  }
  return made;
}

function callsIn(seen: Observation): readonly (readonly Digest[])[] {
  if (seen.kind === 'call') return [seen.inputs];
  return seen.kind === 'map' ? unpackDigests(seen.inputs).map((input) => [input]) : [];
}
