import { unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionState } from '@skein/journal';
import { NEVER_STARTED } from '@skein/model';
import type { ActionNumber, Observation, TaskId } from '@skein/model';

/** An earlier action that made calls, and the actions of its run. */
export interface EarlierCaller {
  readonly state: ActionState;
  readonly actions: ReadonlyMap<ActionNumber, ActionState>;
}

/** A call that a caller made then, or would have made. */
export interface ExpectedCall {
  readonly task: TaskId;
  readonly inputs: readonly Digest[];
  readonly override: Uint8Array | undefined;
  readonly groups: readonly string[];
  /** A map that had begun did not come to it. */
  readonly neverStarted: boolean;
}

/**
 * What a caller called, by its records, the newest first: an older one tells of what a newer one
 * had not come to. Items that a map did not start come last.
 */
export function expectedCalls(callers: readonly EarlierCaller[]): readonly ExpectedCall[] {
  const made = new Map<string, number>();
  const calls: ExpectedCall[] = [];
  for (const caller of callers) {
    const own = new Map<string, number>();
    for (const call of childrenOf(caller)) {
      const count = add(own, call);
      if (count <= (made.get(nameOf(call)) ?? 0)) continue;
      made.set(nameOf(call), count);
      calls.push(call);
    }
  }
  for (const { state } of callers) {
    const own = new Map<string, number>();
    for (const { call, started } of state.waves.flat().flatMap(itemsIn)) {
      const count = add(own, call);
      if (started || count <= (made.get(nameOf(call)) ?? 0)) continue;
      made.set(nameOf(call), count);
      calls.push(call);
    }
  }
  return calls;
}

/** Later attempts make calls again that failed before (K3): each of these is one call. */
function childrenOf({ state, actions }: EarlierCaller): readonly ExpectedCall[] {
  const children = state.children.flatMap((number) => actions.get(number) ?? []);
  const again = state.attempts.length > 1 ? lastOfEach(children) : undefined;
  return children
    .filter((child) => isResult(child) || again === undefined || again.has(child))
    .map(callOf);
}

/** Of identical calls the last one. */
function lastOfEach(children: readonly ActionState[]): ReadonlySet<ActionState> {
  return new Set(new Map(children.map((child) => [nameOf(callOf(child)), child])).values());
}

function isResult({ outcome }: ActionState): boolean {
  return outcome?.kind === 'result';
}

function callOf({ task, inputs, override, groups }: ActionState): ExpectedCall {
  const digests = inputs.map(({ digest }) => digest);
  return { task, inputs: digests, override, groups, neverStarted: false };
}

interface Item {
  readonly call: ExpectedCall;
  readonly started: boolean;
}

function itemsIn(seen: Observation): readonly Item[] {
  if (seen.kind !== 'map') return [];
  const { task, override } = seen;
  const outcomes = unpackDigests(seen.outcomes);
  return unpackDigests(seen.inputs).map((input, index) => ({
    call: { task, inputs: [input], override, groups: [], neverStarted: true },
    started: (outcomes[index] ?? NEVER_STARTED) !== NEVER_STARTED,
  }));
}

/** How many identical ones there are with this one. */
function add(counts: Map<string, number>, call: ExpectedCall): number {
  const name = nameOf(call);
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}

function nameOf({ task, inputs, override }: ExpectedCall): string {
  const options = override === undefined ? '' : Buffer.from(override).toString('latin1');
  return `${task}|${options}|${inputs.join('|')}`;
}
