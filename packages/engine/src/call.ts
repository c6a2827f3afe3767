import type { ActionKey, Outcome, Reason, Trace, Verdict } from '@skein/model';
import { makesCalls } from './deep.ts';
import { executeAction } from './execute.ts';
import type { Flight } from './flight.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import { actionKey } from './key.ts';
import { LiveAction, type Slot } from './live-action.ts';
import { lookUpLeaf, lookUpVerified } from './leaf.ts';
import { type Sought, isPresent, lookUp } from './look-up.ts';
import { errorOutcome } from './outcome.ts';
import { keyInputs } from './prepare.ts';
import { listReused, passOn } from './record.ts';
import type { SettledCall } from './settled-call.ts';

/*
 * One call from request to outcome. What this file owns: which slot answers a call.
 * K1  A call is made once for caller, task, inputs, overrides and count (T3), however many
 *     traces are checked and whoever asks first, the check or the caller.
 * K2  A caller is never answered by a failure that was only looked up (T4), nor by a result whose
 *     bytes are gone (P4): such a slot is set aside and the call executes.
 * K3  A later attempt gets the results its calls already had; what failed executes again (R6).
 */

/** Answers the call of a running caller, and lists it in the tree. */
export async function claimCall(
  frame: RunFrame,
  caller: LiveAction,
  { spec, opened }: { readonly spec: CallSpec; readonly opened: (leave: () => void) => void },
): Promise<SettledCall> {
  const count = caller.nextCount(spec.identity);
  const earlier = caller.slot(spec.identity, count);
  if (earlier !== undefined) {
    opened(earlier.abandon);
    const settled = await earlier.settled;
    if (await answers(frame, caller, { slot: earlier, settled })) {
      return list(frame, caller, { spec, slot: earlier, settled });
    }
  }
  const slot = openSlot(frame, caller, { spec, count, wantsExecution: true });
  opened(slot.abandon);
  return list(frame, caller, { spec, slot, settled: await slot.settled });
}

/** Makes a call for a check; nothing is listed but what executes (X8). */
export async function checkCall(
  frame: RunFrame,
  caller: LiveAction,
  call: { readonly spec: CallSpec; readonly count: number },
): Promise<SettledCall> {
  const slot =
    caller.slot(call.spec.identity, call.count) ??
    openSlot(frame, caller, { ...call, wantsExecution: false });
  const settled = await slot.settled;
  if (settled.how !== 'impossible' && settled.volatile) caller.volatile = true;
  return settled;
}

/** K2 and K3. */
async function answers(
  frame: RunFrame,
  caller: LiveAction,
  { slot, settled }: { readonly slot: Slot; readonly settled: SettledCall },
): Promise<boolean> {
  if (settled.how === 'impossible' || settled.how === 'known-failure') return false;
  if (settled.outcome.kind === 'error') {
    return settled.how === 'executed' && slot.attempt === 0 && caller.attempt === 1;
  }
  return settled.how === 'executed' || isPresent(frame, settled.outcome);
}

/** A reused or joined call becomes an action of the tree the first time its caller gets it. */
function list(
  frame: RunFrame,
  caller: LiveAction,
  call: { readonly spec: CallSpec; readonly slot: Slot; readonly settled: SettledCall },
): SettledCall {
  const { slot, settled, spec } = call;
  if (settled.how === 'impossible') return settled;
  if (settled.volatile) caller.volatile = true;
  if (slot.listed) return settled;
  slot.listed = true;
  if (settled.how === 'executed') return settled;
  const reason: Reason = { kind: settled.how === 'joined' ? 'joined' : 'found' };
  const node = settled.how === 'joined' ? undefined : slot.node;
  listReused(frame, {
    caller,
    spec,
    number: node?.number ?? frame.nextAction(),
    key: settled.key,
    outcome: settled.outcome,
    reason,
  });
  return settled;
}

interface Opening {
  readonly spec: CallSpec;
  readonly count: number;
  readonly wantsExecution: boolean;
}

function openSlot(frame: RunFrame, caller: LiveAction, opening: Opening): Slot {
  const slot = makeSlot(frame, caller, opening);
  caller.setSlot(opening.spec.identity, opening.count, slot);
  return slot;
}

function makeSlot(frame: RunFrame, caller: LiveAction, opening: Opening): Slot {
  const { spec, wantsExecution } = opening;
  const attempt = wantsExecution ? caller.attempt : 0;
  const { task } = spec;
  const key = task.caching ? actionKey(task.prefix, keyInputs(task, spec.inputs)) : null;
  if (key === null || task.forced) {
    const node = newNode(frame, caller, spec);
    if (key === null) node.volatile = true;
    // Later misses are explained by what this one was made of.
    else frame.explain(task, spec.inputs, spec.given);
    const reason: Reason = { kind: key === null ? 'caching-off' : 'forced' };
    const settled = executeAction(frame, node, { spec, key, verdict: execute(reason) });
    return { settled, attempt, listed: false, node, abandon: () => node.cancel() };
  }
  const known = lookUpVerified(frame, task, key);
  const traces = known === undefined ? frame.traces.lookUp(key) : [];
  if (known === undefined) frame.deep.looked(key, traces);
  const answer = known ?? lookUpLeaf(frame, task, traces)?.outcome;
  if (answer !== undefined) {
    const settled = Promise.resolve(reused(key, answer));
    return { settled, attempt, listed: false, node: undefined, abandon: () => undefined };
  }
  const flight = frame.flights.find(key, task);
  if (flight !== undefined) return join(frame, caller, { opening, key, flight, attempt });
  return takeOff(frame, caller, { opening, key, attempt, traces });
}

function takeOff(
  frame: RunFrame,
  caller: LiveAction,
  call: {
    readonly opening: Opening;
    readonly key: ActionKey;
    readonly attempt: number;
    readonly traces: readonly Trace[];
  },
): Slot {
  const { opening, key, attempt, traces } = call;
  const node = newNode(frame, caller, opening.spec);
  const flight: Flight = {
    node,
    users: 1,
    wantsExecution: opening.wantsExecution,
    settled: Promise.resolve().then(() =>
      reuseOrExecute(frame, { node, spec: opening.spec, key, traces }, () => flight.wantsExecution),
    ),
  };
  frame.flights.enter(key, opening.spec.task, flight);
  const abandon = (): void => leave(flight, caller);
  return { settled: flight.settled, attempt, listed: false, node, abandon };
}

function join(
  frame: RunFrame,
  caller: LiveAction,
  call: {
    readonly opening: Opening;
    readonly key: ActionKey;
    readonly flight: Flight;
    readonly attempt: number;
  },
): Slot {
  const { opening, key, flight, attempt } = call;
  if (caller.isAwaitedBy(flight.node)) {
    const settled = Promise.resolve(cyclic(caller, { key, spec: opening.spec }));
    return { settled, attempt, listed: false, node: undefined, abandon: () => undefined };
  }
  flight.users += 1;
  flight.node.waiters.add(caller);
  if (opening.wantsExecution) flight.wantsExecution = true;
  const settled = flight.settled.then((outcome) => joined(frame, caller, { ...call, outcome }));
  const abandon = (): void => leave(flight, caller);
  return { settled, attempt, listed: false, node: undefined, abandon };
}

function joined(
  frame: RunFrame,
  caller: LiveAction,
  call: { opening: Opening; key: ActionKey; attempt: number; outcome: SettledCall },
): SettledCall | Promise<SettledCall> {
  const { outcome, opening, key, attempt } = call;
  const unanswered = outcome.how === 'impossible' || outcome.how === 'known-failure';
  if (unanswered && opening.wantsExecution) {
    const traces = frame.traces.lookUp(key);
    return takeOff(frame, caller, { opening, key, attempt, traces }).settled;
  }
  if (outcome.how !== 'executed') return outcome;
  const { thrower, volatile } = outcome;
  return { how: 'joined', outcome: outcome.outcome, key, thrower, volatile };
}

function leave(flight: Flight, caller: LiveAction): void {
  flight.users -= 1;
  flight.node.waiters.delete(caller);
  if (flight.users <= 0) flight.node.cancel();
}

/** A deep summary that holds answers at once (T6); else the traces are walked. */
async function reuseOrExecute(
  frame: RunFrame,
  action: Sought & { readonly key: ActionKey },
  wantsAnswer: () => boolean,
): Promise<SettledCall> {
  const { node, key, spec } = action;
  const deep = action.traces.some(makesCalls) ? await frame.deep.answer(spec.task, key) : undefined;
  if (deep !== undefined) return { ...reused(key, deep.outcome), volatile: deep.fleeting };
  const result = await lookUp(frame, action, wantsAnswer);
  if (result.kind === 'miss') {
    return executeAction(frame, node, { spec, key, verdict: execute(result.reason) });
  }
  passOn(frame, node);
  const { outcome, at, impurities } = result.trace;
  if (result.kind === 'known-failure') {
    return { how: 'known-failure', outcome, key, thrower: 0, volatile: node.volatile };
  }
  frame.deep.note(spec.task, spec.override, result.trace);
  if (!node.volatile) frame.known.set(key, { outcome, at, impurities });
  return { ...reused(key, outcome), volatile: node.volatile };
}

function reused(key: ActionKey, outcome: Outcome): Exclude<SettledCall, { how: 'impossible' }> {
  return { how: 'reused', outcome, key, thrower: 0, volatile: false };
}

function execute(reason: Reason): Verdict {
  return { kind: 'execute', reason };
}

function newNode(frame: RunFrame, caller: LiveAction, spec: CallSpec): LiveAction {
  return new LiveAction({
    task: spec.task.id,
    parent: caller,
    caching: spec.task.caching,
    groups: spec.groups,
    number: frame.nextAction,
  });
}

function cyclic(
  caller: LiveAction,
  call: { readonly key: ActionKey; readonly spec: CallSpec },
): SettledCall {
  const chain: string[] = [call.spec.task.id];
  for (let action: LiveAction | null = caller; action !== null; action = action.parent) {
    if (action.task !== '') chain.unshift(action.task);
  }
  const outcome = errorOutcome({
    class: 'CyclicCallError',
    message: `cyclic-call: a call waits for itself: ${chain.join(' → ')}`,
    fields: { code: 'cyclic-call', chain },
    fault: 'usage',
  });
  return { how: 'joined', outcome, key: call.key, thrower: caller.number, volatile: false };
}
