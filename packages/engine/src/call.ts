import type { ActionKey, Reason, Trace, Verdict } from '@skein/model';
import { adopt } from './adopt.ts';
import { makesCalls } from './deep.ts';
import type { EarlierAction } from './earlier-action.ts';
import { executeAction } from './execute.ts';
import type { Flight } from './flight.ts';
import type { CallSpec, RunFrame, Verified } from './frame.ts';
import { actionKey } from './key.ts';
import { LiveAction, type Slot } from './live-action.ts';
import { lookUpLeaf, lookUpVerified } from './leaf.ts';
import { type Sought, lookUp } from './look-up.ts';
import { errorOutcome } from './outcome.ts';
import { verifiedBy } from './elsewhere.ts';
import { isPresent } from './present.ts';
import { keyInputs } from './prepare.ts';
import { Recalled } from './recalled.ts';
import { listAnswered, passOn } from './record.ts';
import type { SettledCall } from './settled-call.ts';

/*
 * One call from request to outcome. What this file owns: which slot answers a call.
 * K1  A call is made once for caller, task, inputs, overrides and count (T3), however many
 *     traces are checked and whoever asks first, the check or the caller.
 * K2  A caller is never answered by a failure that was only looked up (T4), nor by a result whose
 *     bytes are gone (P4): such a slot is set aside and the call executes.
 * K3  A later attempt gets the results its calls already had; what failed executes again (R6).
 *     Where only the process was lost, it gets every outcome, and the calls that go on (X3).
 * K4  Of a call that was answered a caller keeps nothing but how often it was made: its action is
 *     on record, and there a later attempt finds it.
 */

/** Answers the call of a running caller, and lists it in the tree. */
export async function claimCall(
  frame: RunFrame,
  caller: LiveAction,
  { spec, opened }: { readonly spec: CallSpec; readonly opened: (leave: () => void) => void },
): Promise<SettledCall> {
  const { attempt } = caller;
  const count = caller.nextCount(spec.identity);
  const earlier = caller.slot(spec.identity, count);
  let begun: LiveAction | undefined;
  if (earlier !== undefined) {
    caller.unclaimed.delete(earlier.abandon);
    opened(earlier.abandon);
    const settled = await earlier.settled;
    if (await answers(frame, caller, { slot: earlier, settled })) {
      return answer(frame, caller, { spec, count, attempt, slot: earlier, settled });
    }
    if (settled.how === 'impossible' && earlier.node?.cancelled === false) begun = earlier.node;
  }
  const recalled = attempt > 1 ? recalledBy(frame, caller) : undefined;
  const result = await recalled?.answer(spec.identity, count);
  if (result !== undefined) return result;
  const slot = openSlot(frame, caller, { spec, count, wantsExecution: true, begun });
  opened(slot.abandon);
  return answer(frame, caller, { spec, count, attempt, slot, settled: await slot.settled });
}

/** What is on record is read once an attempt, and only by one that follows another. */
function recalledBy(frame: RunFrame, caller: LiveAction): LiveAction['recalled'] {
  if (!caller.hasReleased) return undefined;
  caller.recalled ??= new Recalled(frame, caller);
  return caller.recalled;
}

async function answer(
  frame: RunFrame,
  caller: LiveAction,
  call: {
    readonly spec: CallSpec;
    readonly count: number;
    readonly attempt: number;
    readonly slot: Slot;
    readonly settled: SettledCall;
  },
): Promise<SettledCall> {
  const settled = await list(frame, caller, call);
  const { count, attempt } = call;
  const isCurrent = attempt === caller.attempt;
  if (isCurrent) caller.release({ identity: call.spec.identity, count }, settled);
  return settled;
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
  mark(frame, caller, { spec: call.spec, settled });
  return settled;
}

/** What holds for a call holds for who stands on it. */
function mark(
  frame: RunFrame,
  caller: LiveAction,
  { spec, settled }: { readonly spec: CallSpec; readonly settled: SettledCall },
): void {
  if (settled.how === 'impossible') return;
  if (settled.volatile) caller.volatile = true;
  if (!settled.tainted) return;
  caller.tainted = true;
  const { digest: outcome } = settled.outcome;
  frame.taints.add({ task: spec.task.id, inputs: spec.inputs, outcome });
}

/** K2 and K3. */
async function answers(
  frame: RunFrame,
  caller: LiveAction,
  { slot, settled }: { readonly slot: Slot; readonly settled: SettledCall },
): Promise<boolean> {
  if (settled.how === 'impossible' || settled.how === 'known-failure') return false;
  if (settled.outcome.kind === 'error') {
    const { how, outcome } = settled;
    const isOwn = how === 'executed' || (how === 'joined' && slot.attempt > 0);
    return isOwn && outcome.fault !== 'cancelled' && Math.max(1, slot.attempt) >= caller.repeats;
  }
  return settled.how === 'executed' || isPresent(frame, settled.outcome);
}

/** A call that needed no execution becomes an action of the tree the first time it is answered. */
async function list(
  frame: RunFrame,
  caller: LiveAction,
  call: {
    readonly spec: CallSpec;
    readonly count: number;
    readonly slot: Slot;
    readonly settled: SettledCall;
  },
): Promise<SettledCall> {
  const { slot, settled, spec, count } = call;
  if (settled.how === 'impossible') return settled;
  mark(frame, caller, call);
  if (slot.listed) return settled;
  slot.listed = true;
  if (settled.how === 'executed') return settled;
  if (settled.how === 'adopted') {
    frame.adoptions.add(settled.tainted ? await frame.earlier?.causeOf(settled.from) : undefined);
  }
  const node = settled.how === 'joined' ? undefined : slot.node;
  const { key, outcome } = settled;
  const number = node?.number ?? frame.nextAction();
  listAnswered(frame, { caller, spec, count, number, key, outcome, verdict: verdictOf(settled) });
  return settled;
}

function verdictOf(settled: Exclude<SettledCall, { how: 'impossible' | 'executed' }>): Verdict {
  if (settled.how === 'adopted') return { kind: 'adopt', reason: settled.reason };
  if (settled.how === 'joined') return { kind: 'reuse', reason: { kind: 'joined' } };
  const { elsewhere } = settled;
  return { kind: 'reuse', reason: { kind: 'found', ...(elsewhere && { elsewhere }) } };
}

interface Opening {
  readonly spec: CallSpec;
  readonly count: number;
  readonly wantsExecution: boolean;
  /** A check could not make this very call: what it had called for it is not called again (T3). */
  readonly begun?: LiveAction | undefined;
  /** What the same call was found to be on record when it was made before. */
  readonly earlier?: readonly EarlierAction[];
}

function openSlot(frame: RunFrame, caller: LiveAction, opening: Opening): Slot {
  const { spec, count } = opening;
  const earlier = caller.slot(spec.identity, count)?.node?.earlier;
  const again = earlier === undefined ? opening : { ...opening, earlier };
  const slot = makeSlot(frame, caller, again);
  caller.setSlot(spec.identity, count, slot);
  return slot;
}

function makeSlot(frame: RunFrame, caller: LiveAction, opening: Opening): Slot {
  const { spec, wantsExecution } = opening;
  const attempt = wantsExecution ? caller.attempt : 0;
  const { task } = spec;
  const key = task.caching ? actionKey(task.prefix, keyInputs(task, spec.inputs)) : null;
  if (key === null || task.forced) {
    const node = newNode(frame, caller, opening);
    if (key === null) node.volatile = true;
    // Later misses are explained by what this one was made of.
    else frame.explain(task, spec.inputs, spec.given);
    const reason: Reason = { kind: key === null ? 'caching-off' : 'forced' };
    const settled = adoptOrExecute(frame, node, { spec, key, verdict: execute(reason) });
    return { settled, attempt, listed: false, node, abandon: () => node.cancel() };
  }
  const known = lookUpVerified(frame, task, key);
  const traces = known === undefined ? frame.traces.lookUp(key) : [];
  if (known === undefined) frame.deep.looked(key, traces);
  const leaf = known === undefined ? lookUpLeaf(frame, task, traces) : undefined;
  const answer = known ?? (leaf === undefined ? undefined : verifiedBy(frame, task, leaf));
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
  const node = newNode(frame, caller, opening);
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
  if (outcome.how !== 'executed' && outcome.how !== 'adopted') return outcome;
  const { thrower, volatile, tainted } = outcome;
  return { how: 'joined', outcome: outcome.outcome, key, thrower, volatile, tainted };
}

function leave(flight: Flight, caller: LiveAction): void {
  flight.users -= 1;
  flight.node.waiters.delete(caller);
  if (flight.users <= 0) flight.node.cancel();
}

/** A deep summary that holds answers at once (T6); else the traces are walked. */
async function reuseOrExecute(
  frame: RunFrame,
  action: Sought,
  wantsAnswer: () => boolean,
): Promise<SettledCall> {
  const { node, key, spec } = action;
  const deep = action.traces.some(makesCalls)
    ? await frame.deep.answer(spec.task, key, wantsAnswer)
    : undefined;
  if (deep !== undefined) {
    frame.earlier?.take(node);
    return { ...reused(key, deep), volatile: deep.fleeting };
  }
  const result = await lookUp(frame, action, wantsAnswer);
  if (result.kind === 'miss') {
    return adoptOrExecute(frame, node, { spec, key, verdict: execute(result.reason) });
  }
  // It holds only because of what was adopted beneath: then it was adopted itself.
  const adopted = node.tainted ? await adopt(frame, node, { spec, key }) : undefined;
  passOn(frame, node);
  if (adopted !== undefined) return adopted;
  frame.earlier?.take(node);
  const verified = verifiedBy(frame, spec.task, result.trace);
  const { volatile, tainted } = node;
  if (result.kind === 'known-failure') {
    const { outcome } = verified;
    return { how: 'known-failure', outcome, key, thrower: 0, volatile, tainted };
  }
  if (!tainted) frame.deep.note(spec.task, spec.override, result.trace);
  if (!volatile) frame.known.set(key, verified);
  return { ...reused(key, verified), volatile, tainted };
}

/** Adoption comes after what is reused, and before execution (R1). */
async function adoptOrExecute(
  frame: RunFrame,
  node: LiveAction,
  action: { readonly spec: CallSpec; readonly key: ActionKey | null; readonly verdict: Verdict },
): Promise<SettledCall> {
  const isOnRecord = node.earlier.length > 0;
  const adopted = isOnRecord
    ? await frame.presence.during(() => adopt(frame, node, action))
    : undefined;
  if (adopted === undefined) return executeAction(frame, node, action);
  passOn(frame, node);
  return adopted;
}

function reused(
  key: ActionKey,
  { outcome, elsewhere }: Pick<Verified, 'outcome' | 'elsewhere'>,
): Exclude<SettledCall, { how: 'impossible' }> {
  return { how: 'reused', outcome, key, thrower: 0, volatile: false, tainted: false, elsewhere };
}

function execute(reason: Reason): Verdict {
  return { kind: 'execute', reason };
}

function newNode(frame: RunFrame, caller: LiveAction, opening: Opening): LiveAction {
  const { spec, count, begun } = opening;
  if (begun !== undefined) return begun;
  const earlier = opening.earlier ?? frame.earlier?.match(caller, { ...spec, count });
  const node = new LiveAction({
    task: spec.task.id,
    parent: caller,
    caching: spec.task.caching,
    groups: spec.groups,
    count,
    number: frame.nextAction,
    ...(earlier === undefined ? {} : { earlier }),
  });
  // An earlier attempt of the caller made it too: what it has on record is this one's (R4, R5).
  node.progress = caller.slot(spec.identity, count)?.node?.progress;
  return node;
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
  const { number: thrower } = caller;
  return { how: 'joined', outcome, key: call.key, thrower, volatile: false, tainted: false };
}
