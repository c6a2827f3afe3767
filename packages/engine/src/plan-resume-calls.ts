import { unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionState } from '@skein/journal';
import { NEVER_STARTED } from '@skein/model';
import type { ActionNumber, Observation, TaskId } from '@skein/model';
import { inPlaces } from './earlier-run.ts';

/** An earlier action that made calls, and the actions of its run. */
export interface EarlierCaller {
  readonly state: ActionState;
  readonly actions: ReadonlyMap<ActionNumber, ActionState>;
}

/** A call that a caller made then, or would have made. */
export interface ExpectedCall {
  readonly task: TaskId;
  readonly inputs: readonly Digest[];
  /** How many identical calls come before it. */
  readonly count: number;
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
  const made = new Set<string>();
  const calls: ExpectedCall[] = [];
  const expect = (call: ExpectedCall): void => {
    const name = `${nameOf(call)}#${call.count}`;
    if (!made.has(name)) calls.push(call);
    made.add(name);
  };
  for (const caller of callers) for (const call of childrenOf(caller)) expect(call);
  for (const { state } of callers) {
    const counts = new Map<string, number>();
    for (const { call, started } of state.waves.flat().flatMap(itemsIn)) {
      const name = nameOf(call);
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      if (!started) expect({ ...call, count });
    }
  }
  return calls;
}

/** Later attempts make calls again that failed before (K3): each of these is one call. */
function childrenOf({ state, actions }: EarlierCaller): readonly ExpectedCall[] {
  const children = state.children.flatMap((number) => actions.get(number) ?? []);
  const places = new Map<ActionState, number>();
  for (const alike of Map.groupBy(children, (child) => nameOf(callOf(child, 0))).values()) {
    for (const [count, child] of inPlaces(alike, state.attempts.length > 1).entries()) {
      if (child !== undefined) places.set(child, count);
    }
  }
  return children.flatMap((child) => {
    const count = places.get(child);
    return count === undefined ? [] : [callOf(child, count)];
  });
}

function callOf({ task, inputs, override, groups }: ActionState, count: number): ExpectedCall {
  const digests = inputs.map(({ digest }) => digest);
  return { task, inputs: digests, count, override, groups, neverStarted: false };
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
    call: { task, inputs: [input], count: 0, override, groups: [], neverStarted: true },
    started: (outcomes[index] ?? NEVER_STARTED) !== NEVER_STARTED,
  }));
}

function nameOf({ task, inputs, override }: ExpectedCall): string {
  const options = override === undefined ? '' : Buffer.from(override).toString('latin1');
  return `${task}|${options}|${inputs.join('|')}`;
}
