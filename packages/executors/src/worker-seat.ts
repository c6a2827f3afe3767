import type { LogChunk } from '@skein/model';
import type { Demand, Limits, Position } from './demand.ts';
import type { AttemptHost, AttemptRequest, AttemptResult } from './executor.ts';
import type { Excess } from './limit-watch.ts';
import type { AttemptId } from './message.ts';
import { adaptAhead } from './placement.ts';
import type { Seat } from './placement.ts';
import type { WorkerProcess } from './worker-process.ts';

/** A longer delay would fire at once; no run of a process lasts that long. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Where an attempt stands. `sent`: a worker has it, and has not said that it started. `left`:
 * its end is told, though a worker may still be busy with it.
 */
export type AttemptState = 'queued' | 'sent' | 'started' | 'left';

/** One attempt as the pool sees it. */
export interface PoolAttempt {
  readonly id: AttemptId;
  readonly request: AttemptRequest;
  readonly host: AttemptHost;
  readonly demand: Demand;
  readonly settle: (result: AttemptResult) => void;
  state: AttemptState;
  seat: WorkerSeat | undefined;
  /** Numbers of calls without an outcome: with any, the attempt waits rather than runs. */
  openCalls: Set<number> | undefined;
  /** How often a process went away while it had this attempt unstarted. */
  strikes: number;
  sentAt: number;
  /** Unstarted attempts that its worker had before it. */
  sentBehind: number;
  startedAt: number;
  stopping: 'timeout' | 'cancelled' | undefined;
  endWatch: (() => void) | undefined;
}

/** Why the pool itself ended a process. */
export type KillReason =
  | { readonly kind: 'stop'; readonly attempt: PoolAttempt }
  | { readonly kind: 'limit'; readonly excess: Excess }
  | { readonly kind: 'close' };

/**
 * A worker process with the attempts that are in it, and the counts that placing needs, kept
 * along so that nothing is counted for each placement.
 */
export class WorkerSeat implements Seat {
  readonly home: string;
  readonly limits: Limits;
  /** Set right after construction, since the process reports to its seat. */
  process!: WorkerProcess;
  readonly members = new Map<AttemptId, PoolAttempt>();
  used = false;
  /** True once its bundle is loaded. */
  ready = false;
  ahead = 1;
  running = 0;
  unstarted = 0;
  recalling = false;
  /** Parts of its log that no result needed yet. */
  readonly #chunks: LogChunk[] = [];
  /** Paths that code of no attempt wrote, when there was none to tell it. */
  readonly #writes: string[] = [];
  retiring = false;
  /** Was alone here and has ended; what it printed past the console may still be unread. */
  parting: PoolAttempt | undefined;
  kill: KillReason | undefined;
  /** Where a worker in a container leaves what is to be taken into the state. */
  outbox: string | undefined;
  /** Ends what holds the process to its limits. */
  endWatch: (() => void) | undefined;
  readonly #idleTtlMs: number | undefined;
  readonly #idled: () => void;
  #idle: NodeJS.Timeout | undefined;
  #exclusive = false;
  /** Open calls that a signal in this process may abort: nothing that could block it comes in. */
  readonly #abortable = new Set<string>();

  /** `idled` is called when it had nothing to do for as long as it may. */
  constructor(position: Position, idled: () => void = () => undefined) {
    this.home = position.home;
    this.limits = position.limits;
    this.#idleTtlMs = position.idleTtlMs;
    this.#idled = idled;
  }

  get open(): boolean {
    return !this.retiring && !this.#exclusive && this.#abortable.size === 0;
  }

  get attempts(): number {
    return this.members.size;
  }

  enter(attempt: PoolAttempt, now: number): void {
    clearTimeout(this.#idle);
    this.used = true;
    this.#exclusive = attempt.demand.exclusive;
    attempt.state = 'sent';
    attempt.seat = this;
    attempt.sentAt = now;
    attempt.sentBehind = this.unstarted;
    this.members.set(attempt.id, attempt);
    for (const path of this.#writes.splice(0)) attempt.host.wrote(path);
    this.running += 1;
    this.unstarted += 1;
  }

  started(attempt: PoolAttempt, now: number): void {
    attempt.state = 'started';
    attempt.startedAt = now;
    this.unstarted -= 1;
    this.ahead = adaptAhead(this.ahead, now - attempt.sentAt, attempt.sentBehind);
  }

  logged(chunk: LogChunk): void {
    this.#chunks.push(chunk);
  }

  /** Before the result of an attempt names them. */
  tellLog(host: AttemptHost): void {
    for (const chunk of this.#chunks.splice(0)) host.extended(chunk);
  }

  /** Whoever is there is told; what writes may have left. */
  wrote(id: AttemptId, path: string): void {
    const [first] = this.members.values();
    const attempt = this.members.get(id) ?? first;
    if (attempt === undefined) this.#writes.push(path);
    else attempt.host.wrote(path);
  }

  callOpened(
    attempt: PoolAttempt,
    { call, abortable }: { readonly call: number; readonly abortable?: boolean | undefined },
  ): void {
    if (abortable === true) this.#abortable.add(`${attempt.id} ${call}`);
    if (isRunning(attempt)) this.running -= 1;
    attempt.openCalls ??= new Set();
    attempt.openCalls.add(call);
  }

  /** True where the call was still open: its caller is here and did not give it up. */
  callClosed(attempt: PoolAttempt, call: number): boolean {
    this.#abortable.delete(`${attempt.id} ${call}`);
    if (!this.members.has(attempt.id) || attempt.openCalls?.delete(call) !== true) return false;
    if (isRunning(attempt)) this.running += 1;
    return true;
  }

  leave(attempt: PoolAttempt): void {
    if (!this.members.delete(attempt.id)) return;
    if (isRunning(attempt)) this.running -= 1;
    if (attempt.state === 'sent') this.unstarted -= 1;
    for (const call of attempt.openCalls ?? []) this.#abortable.delete(`${attempt.id} ${call}`);
    if (attempt.demand.exclusive) this.#exclusive = false;
    if (attempt.demand.fresh) this.retiring = true;
    attempt.seat = undefined;
    if (this.members.size === 0) this.#rest();
  }

  #rest(): void {
    if (this.#idleTtlMs === undefined || this.#idleTtlMs > LONGEST_TIMER_MS) return;
    this.#idle = setTimeout(this.#idled, this.#idleTtlMs).unref();
  }

  /** The process is gone. */
  close(): void {
    clearTimeout(this.#idle);
    this.endWatch?.();
  }
}

export function isRunning(attempt: PoolAttempt): boolean {
  return attempt.openCalls === undefined || attempt.openCalls.size === 0;
}
