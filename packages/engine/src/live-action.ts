import type { Digest } from '@skein/values';
import type { ActionNumber, TaskId } from '@skein/model';
import { CallCounts } from './call-counts.ts';
import type { EarlierAction } from './earlier-action.ts';
import type { Progress } from './progress.ts';
import type { SettledCall } from './settled-call.ts';

/** One call of an action: found by what is called and how many identical calls came before. */
export interface Slot {
  readonly settled: Promise<SettledCall>;
  /** Attempt that made it; 0: a check, before any attempt (T3). */
  readonly attempt: number;
  /** True once it stands in the tree as a call of its own. */
  listed: boolean;
  /** The action behind it; absent where the call joined another or needed none. */
  readonly node: LiveAction | undefined;
  /** Says that the caller no longer wants it. */
  abandon: () => void;
}

/** What the calls of earlier attempts came to. */
export interface RecalledCalls {
  answer(identity: string, count: number): Promise<SettledCall | undefined>;
}

/**
 * State of one action from the moment it is asked for until it is recorded. It is made before
 * anyone knows whether it executes: a check fills its slots first.
 */
export class LiveAction {
  readonly task: TaskId;
  readonly parent: LiveAction | null;
  readonly caching: boolean;
  readonly groups: readonly string[];
  /** How many identical calls its caller had made before. */
  readonly count: number;
  /** Actions that wait for this one: its caller, and callers that joined it (T7). */
  readonly waiters = new Set<LiveAction>();
  /** Calls that were not answered yet, and those that may be made once more. */
  readonly #slots = new Map<string, Slot>();
  /** Some calls were answered and are on record only. */
  hasReleased = false;
  /** What these came to in earlier attempts, once the present one has asked. */
  recalled: RecalledCalls | undefined;
  /** Who threw what this action's calls failed with, by the error's digest. */
  readonly throwers = new Map<Digest, ActionNumber>();
  /** Something beneath is never cached, so no outcome of this may be taken for verified. */
  volatile = false;
  /** A call ended by a timeout, a cancellation, a lost worker or lack of memory (T4). */
  metSystemFault = false;
  /** The same call in the runs that this one goes on from, the newest first (R1). */
  readonly earlier: readonly EarlierAction[];
  /** It, or something beneath it, came from other code or data than today's: no trace (R3). */
  tainted = false;
  /** What it has on record of its own progress (R4, R5); most actions have nothing. */
  progress: Progress | undefined;
  attempt = 0;
  /** The attempt that the present one repeats after faults of the system; else itself (R6). */
  repeats = 0;
  /** Ways to give up calls of attempts whose process was lost, until another makes them again. */
  readonly unclaimed = new Set<() => void>();
  cancelled = false;
  /** Stops the running attempt; set while there is one. */
  stop: ((reason: 'cancelled') => void) | undefined;
  readonly #number: () => ActionNumber;
  #counts = new CallCounts();
  #assigned: ActionNumber | undefined;

  constructor(of: {
    readonly task: TaskId;
    readonly parent: LiveAction | null;
    readonly caching: boolean;
    readonly groups: readonly string[];
    readonly count?: number;
    readonly number: () => ActionNumber;
    readonly earlier?: readonly EarlierAction[];
  }) {
    this.task = of.task;
    this.parent = of.parent;
    this.caching = of.caching;
    this.groups = of.groups;
    this.count = of.count ?? 0;
    this.#number = of.number;
    this.earlier = of.earlier ?? [];
    if (of.parent !== null) this.waiters.add(of.parent);
  }

  /**
   * Given on first use: most actions that a check looks at are never listed. A caller's number is
   * always lower than those of its calls.
   */
  get number(): ActionNumber {
    this.#assigned ??= this.#assign();
    return this.#assigned;
  }

  #assign(): ActionNumber {
    if (this.parent !== null) this.parent.#assigned ??= this.parent.#assign();
    return this.#number();
  }

  get isNumbered(): boolean {
    return this.#assigned !== undefined;
  }

  /** `isRepeat`: the one before ended by a fault of the system. */
  beginAttempt(attempt: number, isRepeat = false): void {
    this.attempt = attempt;
    if (!isRepeat) this.repeats = attempt;
    this.#counts = new CallCounts();
    this.recalled = undefined;
    this.metSystemFault = false;
  }

  /** How many identical calls this attempt made before. */
  nextCount(identity: string): number {
    const count = this.#counts.get(identity);
    this.#counts.set(identity, count + 1);
    return count;
  }

  /** As if this attempt had made so many identical calls: one that goes on from a snapshot. */
  countFrom(identity: string, count: number): void {
    this.#counts.set(identity, Math.max(this.#counts.get(identity), count));
  }

  slot(identity: string, count: number): Slot | undefined {
    return this.#slots.get(nameOf(identity, count));
  }

  setSlot(identity: string, count: number, slot: Slot): void {
    this.#slots.set(nameOf(identity, count), slot);
  }

  /**
   * The call was answered and is on record, to which a later attempt may go back. A failure is
   * kept: it may answer an attempt that repeats this one, or be made once more. An answer that
   * comes to an attempt whose process was lost is for the one that follows it.
   */
  release(call: { readonly identity: string; readonly count: number }, settled: SettledCall): void {
    const name = nameOf(call.identity, call.count);
    const slot = this.#slots.get(name);
    if (slot === undefined || settled.how === 'impossible') return;
    if (settled.outcome.kind === 'result') {
      this.#slots.delete(name);
      this.hasReleased = true;
      return;
    }
    const { node } = slot;
    const goesOn = node?.progress !== undefined || (node?.earlier.length ?? 0) > 0;
    if (!goesOn) this.#slots.set(name, { ...slot, node: undefined, abandon: () => undefined });
  }

  /** No attempt follows that could make these calls again (X5). */
  abandonUnclaimed(): void {
    for (const abandon of this.unclaimed) abandon();
    this.unclaimed.clear();
  }

  /** Recorded: nobody asks for its calls any more, and there may be very many. */
  forget(): void {
    this.#slots.clear();
    this.throwers.clear();
    this.waiters.clear();
    this.#counts = new CallCounts();
    this.recalled = undefined;
  }

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.stop?.('cancelled');
  }

  /** True where `other` waits, directly or not, for this action: joining it would never end. */
  isAwaitedBy(other: LiveAction): boolean {
    const seen = new Set<LiveAction>();
    const pending: LiveAction[] = [this];
    for (let action = pending.pop(); action !== undefined; action = pending.pop()) {
      if (action === other) return true;
      if (seen.has(action)) continue;
      seen.add(action);
      pending.push(...action.waiters);
    }
    return false;
  }
}

function nameOf(identity: string, count: number): string {
  return count === 0 ? identity : `${identity}#${count}`;
}
