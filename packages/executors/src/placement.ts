import type { Demand } from './demand.ts';

/**
 * Attempts that a worker may have unstarted before it must say that it started one. It begins at 1
 * and doubles while the worker is quick, so that nothing is stuck behind a slow task.
 */
export const MAX_AHEAD = 256;
/** From here a worker counts as quick: its queue is preferred to the start of another process. */
const QUICK_AHEAD = 8;
const QUICK_MS = 0.5;
const SLOW_MS = 5;
/** No accident of scheduling: what it runs blocks it. */
const BLOCKED_MS = 50;

/** A worker as far as placing is concerned. */
export interface Seat {
  readonly home: string;
  /** False: it is being closed, or has an action that wants it alone. */
  readonly open: boolean;
  /** True once it was given an attempt. */
  readonly used: boolean;
  /** Attempts in it, of which some wait for calls, and some have not started. */
  readonly attempts: number;
  readonly running: number;
  readonly unstarted: number;
  readonly ahead: number;
}

export type Placement<S> =
  | { readonly kind: 'seat'; readonly seat: S }
  | { readonly kind: 'spawn' }
  | { readonly kind: 'wait' };

/**
 * Where an attempt goes. `parent` is the worker of its caller. Processes count against `capacity`
 * while something runs in them, and against `replicas` unless everything in them waits for a call:
 * then another one may start, so nesting never locks up.
 */
export function place<S extends Seat>(
  demand: Demand,
  seats: readonly S[],
  terms: { readonly capacity: number; readonly parent: S | undefined },
): Placement<S> {
  const busy = seats.filter((seat) => seat.running > 0).length;
  const maySpawn = busy < terms.capacity && mayReplicate(demand, seats);
  if (demand.exclusive) return placeAlone(demand, seats, maySpawn);
  let best: S | undefined;
  for (const seat of seats) {
    if (!canTake(seat, demand)) continue;
    if (best === undefined || isBetter(seat, best, terms.parent)) best = seat;
  }
  if (best === undefined) return { kind: maySpawn ? 'spawn' : 'wait' };
  if (best.running === 0 || !maySpawn || best.ahead >= QUICK_AHEAD) {
    return { kind: 'seat', seat: best };
  }
  return { kind: 'spawn' };
}

/** The next bound on unstarted attempts, after one that had `behind` before it took this long. */
export function adaptAhead(ahead: number, elapsedMs: number, behind: number): number {
  const each = elapsedMs / (behind + 1);
  if (each < QUICK_MS) return Math.min(MAX_AHEAD, ahead * 2);
  if (each > BLOCKED_MS) return 1;
  return each > SLOW_MS ? Math.max(1, ahead >> 1) : ahead;
}

function placeAlone<S extends Seat>(
  demand: Demand,
  seats: readonly S[],
  maySpawn: boolean,
): Placement<S> {
  const seat = seats.find(
    (it) => isHome(it, demand) && it.attempts === 0 && !(demand.fresh && it.used),
  );
  if (seat !== undefined) return { kind: 'seat', seat };
  return { kind: maySpawn ? 'spawn' : 'wait' };
}

function canTake(seat: Seat, demand: Demand): boolean {
  if (!isHome(seat, demand) || seat.unstarted >= seat.ahead) return false;
  if (demand.enters) return true;
  // What may be killed waits behind nothing, and takes no waiting caller with it.
  return seat.unstarted === 0 && seat.attempts === seat.running && seat.running < demand.limit;
}

function isHome(seat: Seat, demand: Demand): boolean {
  return seat.open && seat.home === demand.home;
}

function mayReplicate({ home, replicas }: Demand, seats: readonly Seat[]): boolean {
  if (replicas === undefined) return true;
  const counting = (it: Seat): boolean =>
    it.home === home && !(it.attempts > 0 && it.running === 0);
  return seats.filter(counting).length < replicas;
}

function isBetter<S extends Seat>(seat: S, best: S, parent: S | undefined): boolean {
  if (seat.running !== best.running) return seat.running < best.running;
  if (seat === parent || best === parent) return seat === parent;
  return seat.attempts < best.attempts;
}
