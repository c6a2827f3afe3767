import type { CodeManifest, TaskId } from '@skein/model';
import type { RecordedCall } from './recorded-calls.ts';

/** The same call in two runs. */
export interface CallPair {
  readonly before: RecordedCall;
  readonly after: RecordedCall;
  /** Tasks it called whose outcomes differ. */
  readonly calls: ReadonlySet<TaskId>;
}

export interface RunComparison {
  readonly compared: number;
  /** Where a difference began first, then those who got it as an input or an outcome. */
  readonly differing: readonly CallPair[];
  readonly missing: ReadonlyMap<TaskId, number>;
  readonly added: ReadonlyMap<TaskId, number>;
  readonly changed: ReadonlyMap<TaskId, number>;
  readonly edited: ReadonlySet<TaskId>;
}

type Manifests = ReadonlyMap<TaskId, CodeManifest>;

/** Both lists hold callers before their calls. */
export function compareRuns(
  before: readonly RecordedCall[],
  after: readonly RecordedCall[],
  code: { readonly before: Manifests; readonly after: Manifests },
): RunComparison {
  const isEdited = (task: TaskId): boolean =>
    code.before.get(task)?.digest !== code.after.get(task)?.digest;
  const affected = affectedCalls(before, isEdited);
  const fresh = new Map(after.map((call) => [call.name, call]));
  const pairs = new Map<number, RecordedCall>();
  const missing = new Map<TaskId, number>();
  const changed = new Map<TaskId, number>();
  for (const [index, call] of before.entries()) {
    const found = fresh.get(call.name);
    if (affected.has(index)) count(changed, call.action.task);
    else if (found !== undefined) pairs.set(index, found);
    else if (!isUnknownWhether(before, affected, call)) count(missing, call.action.task);
    if (found !== undefined) fresh.delete(call.name);
  }
  const added = addedCalls({ before, affected, after, fresh });
  return {
    compared: pairs.size,
    differing: differences(before, pairs),
    missing,
    added,
    changed,
    edited: new Set([...changed.keys()].filter(isEdited)),
  };
}

/** Calls of edited tasks, and their callers up to the entry. */
function affectedCalls(
  calls: readonly RecordedCall[],
  isEdited: (task: TaskId) => boolean,
): ReadonlySet<number> {
  const affected = new Set<number>();
  for (let index = calls.length - 1; index >= 0; index -= 1) {
    const call = calls[index];
    if (call === undefined) continue;
    if (isEdited(call.action.task)) affected.add(index);
    if (affected.has(index) && call.caller >= 0) affected.add(call.caller);
  }
  return affected;
}

/** Edited callers may call something else, and that is no difference. */
function isUnknownWhether(
  calls: readonly RecordedCall[],
  affected: ReadonlySet<number>,
  { caller }: RecordedCall,
): boolean {
  for (let above = caller; above >= 0; above = calls[above]?.caller ?? -1) {
    if (affected.has(above)) return true;
  }
  return false;
}

/** Calls that were not recorded, by callers of whom all calls are known. */
function addedCalls(of: {
  readonly before: readonly RecordedCall[];
  readonly affected: ReadonlySet<number>;
  readonly after: readonly RecordedCall[];
  /** Those that no recorded call is like. */
  readonly fresh: ReadonlyMap<string, RecordedCall>;
}): ReadonlyMap<TaskId, number> {
  const whole = new Set<string>();
  for (const [index, call] of of.before.entries()) {
    if (call.made !== undefined && !of.affected.has(index)) whole.add(call.name);
  }
  const added = new Map<TaskId, number>();
  for (const call of of.fresh.values()) {
    const known = nearestKnown(call, of);
    if (known === undefined || whole.has(known.name)) count(added, call.action.task);
  }
  return added;
}

/** The nearest caller that was recorded too. */
function nearestKnown(
  call: RecordedCall,
  of: {
    readonly after: readonly RecordedCall[];
    readonly fresh: ReadonlyMap<string, RecordedCall>;
  },
): RecordedCall | undefined {
  let caller = of.after[call.caller];
  while (caller !== undefined && of.fresh.has(caller.name)) caller = of.after[caller.caller];
  return caller;
}

function differences(
  before: readonly RecordedCall[],
  pairs: ReadonlyMap<number, RecordedCall>,
): readonly CallPair[] {
  const found = new Map<
    number,
    { before: RecordedCall; after: RecordedCall; calls: Set<TaskId> }
  >();
  for (const [index, after] of pairs) {
    const call = before[index];
    if (call === undefined) continue;
    if (call.action.outcome?.digest === after.action.outcome?.digest) continue;
    found.set(index, { before: call, after, calls: new Set() });
  }
  for (const { before: call } of found.values()) {
    found.get(call.caller)?.calls.add(call.action.task);
  }
  const all = [...found.values()];
  const began = all.filter(({ calls }) => calls.size === 0);
  const followed = all.filter(({ calls }) => calls.size > 0);
  return [...began, ...followed.toReversed()];
}

function count(counts: Map<TaskId, number>, task: TaskId): void {
  counts.set(task, (counts.get(task) ?? 0) + 1);
}
