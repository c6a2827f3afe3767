import { packDigests, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionState, RunState } from '@skein/journal';
import type { Change, Observation, Reason, TaskId, Wave } from '@skein/model';
import { type Explained, type SourceChange, taskName } from '@skein/view';
import { readSource } from './code-record.ts';
import type { State } from './state.ts';

/** What explanations read of the state. */
export type Archive = Pick<State, 'db' | 'traces' | 'blobs'>;

/** An action of a run with everything that can be shown of its reason. */
export function explained(
  archive: Archive,
  state: RunState,
  of: { readonly action: ActionState; readonly reason: Reason },
): Explained {
  const { action, reason } = of;
  const sources = reason.kind === 'key-changed' ? sourceChanges(archive, reason.changes) : [];
  const differs = reason.kind === 'child-changed' ? difference(archive, state, of) : undefined;
  return { action, reason, sources, ...(differs === undefined ? {} : { differs }) };
}

function sourceChanges(archive: Archive, changes: readonly Change[]): readonly SourceChange[] {
  return changes.flatMap((change): readonly SourceChange[] => {
    if (!isOfSource(change)) return [];
    const { module } = change;
    const before =
      change.before === undefined ? undefined : readSource(archive.traces, change.before);
    const after = change.after === undefined ? undefined : readSource(archive.traces, change.after);
    const sides = {
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
    return [{ module, ...sides }];
  });
}

type SourceKind = 'symbol' | 'effect' | 'module';

function isOfSource(change: Change): change is Extract<Change, { readonly kind: SourceKind }> {
  return change.kind === 'symbol' || change.kind === 'effect' || change.kind === 'module';
}

/** A reason names a task as people do: every task of that name among its calls is meant. */
export function isNamed(task: TaskId, name: string): boolean {
  return task === name || taskName(task) === name;
}

/** How many calls of the task had another outcome in the trace that no longer held. */
function difference(
  archive: Archive,
  state: RunState,
  { action, reason }: { readonly action: ActionState; readonly reason: Reason },
): Explained['differs'] {
  if (reason.kind !== 'child-changed' || action.key === null) return undefined;
  const before = archive.traces
    .lookUp(action.key)
    .find((trace) => trace.run !== state.overview.run && trace.at < state.started.at);
  if (before === undefined) return undefined;
  const old = outcomes(before.waves, reason.task);
  const now = outcomes(action.waves, reason.task);
  let of = 0;
  let different = 0;
  let task: TaskId | undefined;
  for (const [call, { outcome, callee }] of now) {
    const known = old.get(call);
    if (known === undefined) continue;
    of += 1;
    task ??= callee;
    if (known.outcome !== outcome) different += 1;
  }
  return task === undefined ? undefined : { task, different, of };
}

interface CallOutcome {
  readonly callee: TaskId;
  readonly outcome: Digest;
}

/** The outcome of each call of a task by its inputs and how many identical ones were before. */
function outcomes(waves: readonly Wave[], name: string): ReadonlyMap<string, CallOutcome> {
  const found = new Map<string, CallOutcome>();
  const counts = new Map<string, number>();
  const add = (callee: TaskId, inputs: readonly Digest[], outcome: Digest): void => {
    const call = `${callee} ${inputs.join(' ')}`;
    const count = counts.get(call) ?? 0;
    counts.set(call, count + 1);
    found.set(`${call} ${count}`, { callee, outcome });
  };
  for (const seen of waves.flat()) {
    if (!isCall(seen) || !isNamed(seen.task, name)) continue;
    if (seen.kind === 'call') {
      add(seen.task, seen.inputs, seen.outcome);
      continue;
    }
    const ended = unpackDigests(seen.outcomes);
    for (const [index, input] of unpackDigests(seen.inputs).entries()) {
      const outcome = ended[index];
      if (outcome !== undefined) add(seen.task, [input], outcome);
    }
  }
  return found;
}

function isCall(seen: Observation): seen is Extract<Observation, { kind: 'call' | 'map' }> {
  return seen.kind === 'call' || seen.kind === 'map';
}

/** The packed inputs of an action: two of the same task with the same are one to compare with. */
export function packedInputs({ inputs }: ActionState): Uint8Array {
  return packDigests(inputs.map(({ digest }) => digest));
}
