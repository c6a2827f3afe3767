import type { Digest } from '@skein/values';
import type { ActionNumber, TaskId } from '@skein/model';
import type { EarlierAction } from './earlier-action.ts';
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

/**
 * State of one action from the moment it is asked for until it is recorded. It is made before
 * anyone knows whether it executes: a check fills its slots first.
 */
export class LiveAction {
  readonly task: TaskId;
  readonly parent: LiveAction | null;
  readonly caching: boolean;
  readonly groups: readonly string[];
  /** Actions that wait for this one: its caller, and callers that joined it (T7). */
  readonly waiters = new Set<LiveAction>();
  readonly slots = new Map<string, Slot[]>();
  /** Who threw what this action's calls failed with, by the error's digest. */
  readonly throwers = new Map<Digest, ActionNumber>();
  /** Something beneath is never cached, so no outcome of this may be taken for verified. */
  volatile = false;
  /** A call ended by a timeout, a cancellation, a lost worker or lack of memory (T4). */
  metSystemFault = false;
  /** The same call in earlier runs, where it did not come to its end: the newest first (R1). */
  earlier: readonly EarlierAction[] = [];
  /** It, or something beneath it, came from other code or data than today's: no trace (R3). */
  tainted = false;
  attempt = 0;
  cancelled = false;
  /** Stops the running attempt; set while there is one. */
  stop: ((reason: 'cancelled') => void) | undefined;
  readonly #number: () => ActionNumber;
  #counts = new Map<string, number>();
  #assigned: ActionNumber | undefined;

  constructor(of: {
    readonly task: TaskId;
    readonly parent: LiveAction | null;
    readonly caching: boolean;
    readonly groups: readonly string[];
    readonly number: () => ActionNumber;
  }) {
    this.task = of.task;
    this.parent = of.parent;
    this.caching = of.caching;
    this.groups = of.groups;
    this.#number = of.number;
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

  beginAttempt(attempt: number): void {
    this.attempt = attempt;
    this.#counts = new Map();
    this.metSystemFault = false;
  }

  /** How many identical calls this attempt made before. */
  nextCount(identity: string): number {
    const count = this.#counts.get(identity) ?? 0;
    this.#counts.set(identity, count + 1);
    return count;
  }

  slot(identity: string, count: number): Slot | undefined {
    return this.slots.get(identity)?.[count];
  }

  setSlot(identity: string, count: number, slot: Slot): void {
    const slots = this.slots.get(identity);
    if (slots === undefined) this.slots.set(identity, [slot]);
    else slots[count] = slot;
  }

  /** Recorded: nobody asks for its calls any more, and there may be very many. */
  forget(): void {
    this.slots.clear();
    this.throwers.clear();
    this.waiters.clear();
    this.#counts.clear();
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
