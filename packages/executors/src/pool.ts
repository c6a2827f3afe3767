import { availableParallelism } from 'node:os';
import type { ActionNumber, Failure, Result, RunId, TaskOptions } from '@skein/model';
import { Custody } from './custody.ts';
import { afterReading, tellAfterOthers } from './after-others.ts';
import { demandOf, plainPosition } from './demand.ts';
import type { Demand, Position } from './demand.ts';
import { exchange } from './exchange.ts';
import type {
  AttemptHandle,
  AttemptHost,
  AttemptRequest,
  AttemptResult,
  BundleLocation,
  Executor,
  LoadReport,
} from './executor.ts';
import { assignLoss } from './loss.ts';
import type { AttemptId, FromWorker } from './message.ts';
import { place } from './placement.ts';
import { Recruiter } from './recruiter.ts';
import type { Post, RecruiterSettings } from './recruiter.ts';
import { Spinner } from './spinner.ts';
import { WaitingLine } from './waiting-line.ts';
import type { ProcessExit } from './worker-process.ts';
import type { KillReason, PoolAttempt, WorkerSeat } from './worker-seat.ts';

/** A task that was asked to stop has this long to end by itself (X5). */
const GRACE_MS = 250;
/** An attempt that may not have started yet is not worth a process at once. */
const UNSTARTED_GRACE_MS = 2000;

export interface PoolSettings extends RecruiterSettings {
  /** How many processes run something at a time. */
  readonly capacity: number;
  /** Serves tasks of `isolation: 'inline'`. */
  readonly inline: Executor;
}

/** Asked for once: the answer takes a system call. */
const PROCESSORS = availableParallelism();

const NO_OPTIONS = { variables: {}, secrets: [], network: false, resources: {} };

/**
 * Runs actions in processes that load the bundle once and stay warm, wherever they are started.
 *
 * L1: an attempt is in one waiting line or in one seat, or it has left.
 * L2: its result is told once; what a worker says of an attempt that left is not listened to.
 * L3: a process that ended is no seat any more, and every attempt of it has a result or waits.
 */
export class PoolExecutor implements Executor {
  readonly name: string;
  readonly #settings: PoolSettings;
  readonly #recruiter: Recruiter;
  readonly #custody: Custody;
  readonly #seats: WorkerSeat[] = [];
  readonly #lines = new Map<string, WaitingLine>();
  /** Attempts that are callers or may become such, by action. */
  readonly #actions = new Map<RunId, Map<ActionNumber, PoolAttempt>>();
  #nextId: AttemptId = 1;
  readonly #spinner: Spinner;
  #pumping = false;
  #closed = false;

  constructor(settings: PoolSettings) {
    this.name = settings.launcher.name;
    this.#settings = settings;
    this.#recruiter = new Recruiter(settings);
    this.#custody = new Custody(settings.state, settings.sync);
    this.#spinner = new Spinner({ elapsed: settings.elapsed, mayTurn: () => this.#hasRoom() });
  }

  async load(bundle: BundleLocation): Promise<Result<LoadReport>> {
    const position = plainPosition(bundle, NO_OPTIONS);
    const seat =
      this.#seats.find((it) => it.home === position.home && it.open) ??
      this.#hire(position, { bundle, options: NO_OPTIONS });
    return await seat.process.loaded;
  }

  execute(request: AttemptRequest, host: AttemptHost): AttemptHandle {
    if (request.options.isolation === 'inline') return this.#settings.inline.execute(request, host);
    const { promise: done, resolve } = Promise.withResolvers<AttemptResult>();
    const attempt: PoolAttempt = {
      id: this.#nextId,
      request,
      host,
      demand: demandOf(request),
      settle: resolve,
      state: 'queued',
      seat: undefined,
      openCalls: undefined,
      strikes: 0,
      sentAt: 0,
      sentBehind: 0,
      startedAt: 0,
      stopping: undefined,
      endWatch: undefined,
    };
    this.#nextId += 1;
    this.#actionsOf(request.run).set(request.action, attempt);
    if (this.#closed) this.#leave(attempt, { kind: 'stopped', reason: 'cancelled' });
    else this.#lineOf(attempt.demand).push(attempt);
    this.#schedule();
    return { done, cancel: (reason) => this.#stop(attempt, reason) };
  }

  cannotHonour(options: TaskOptions): readonly string[] {
    if (options.isolation === 'inline') return this.#settings.inline.cannotHonour(options);
    return this.#settings.launcher.cannotHonour(options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const line of this.#lines.values()) {
      for (let next = line.peek(); next !== undefined; next = line.peek()) {
        this.#leave(next, { kind: 'stopped', reason: 'cancelled' });
      }
    }
    const seats = [...this.#seats];
    for (const seat of seats) this.#kill(seat, { kind: 'close' });
    await Promise.all(seats.map((seat) => seat.process.exited));
    await Promise.all([this.#recruiter.close(), this.#settings.inline.close()]);
  }

  #actionsOf(run: RunId): Map<ActionNumber, PoolAttempt> {
    let actions = this.#actions.get(run);
    if (actions === undefined) {
      actions = new Map();
      this.#actions.set(run, actions);
    }
    return actions;
  }

  #lineOf({ line: name }: Demand): WaitingLine {
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = new WaitingLine();
      this.#lines.set(name, line);
    }
    return line;
  }

  /** Once for everything that happens in one go. */
  #schedule(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    for (const [name, line] of this.#lines) {
      let next = line.peek();
      while (next !== undefined && this.#place(next)) {
        line.take();
        next = line.peek();
      }
      if (next === undefined) this.#lines.delete(name);
    }
    if (this.#lines.size === 0) this.#recall();
  }

  #place(attempt: PoolAttempt): boolean {
    const { request, demand } = attempt;
    const caller = this.#actionsOf(request.run).get(request.parent);
    const terms = { capacity: this.#settings.capacity, parent: caller?.seat };
    const placement = place(demand, this.#seats, terms);
    if (placement.kind === 'wait') return false;
    const seat = placement.kind === 'seat' ? placement.seat : this.#hire(demand, request);
    this.#send(attempt, seat);
    return true;
  }

  #send(attempt: PoolAttempt, seat: WorkerSeat): void {
    const { id, request, demand } = attempt;
    seat.enter(attempt, this.#settings.elapsed());
    const { run, action, attempt: number, task, args, retains, options } = request;
    const { strict } = options;
    const order = { run, action, attempt: number, task, args, retains, strict };
    const prompt = !demand.enters || attempt.strikes > 0;
    seat.process.send({ kind: 'run', id, order, limit: demand.limit, prompt });
    this.#spinner.expect();
  }

  /** Starts a process; one that is idle makes room for it. */
  #hire(position: Position, post: Post): WorkerSeat {
    if (this.#seats.length >= this.#settings.capacity) {
      const idle = this.#seats.find((seat) => seat.attempts === 0 && !seat.retiring && seat.used);
      if (idle !== undefined) this.#kill(idle, { kind: 'close' });
    }
    const seat = this.#recruiter.hire(position, post, (it) => ({
      message: (message) => this.#receive(it, message),
      printed: (stream, text) => this.#print(it, stream, text),
      exited: (exit) => this.#bury(it, exit),
      exceeded: (excess) => this.#kill(it, { kind: 'limit', excess }),
      idled: () => this.#kill(it, { kind: 'close' }),
    }));
    this.#seats.push(seat);
    return seat;
  }

  /** One processor is left for this process, beside those that workers need. */
  #hasRoom(): boolean {
    let busy = 0;
    for (const seat of this.#seats) if (seat.running > 0) busy += 1;
    return busy < PROCESSORS;
  }

  #receive(seat: WorkerSeat, message: FromWorker): void {
    this.#spinner.arrived();
    switch (message.kind) {
      case 'ready':
        seat.ready = true;
        if (message.report.log !== null) seat.logged(message.report.log);
        return;
      case 'extended':
        seat.logged(message.chunk);
        return;
      case 'wrote':
        seat.wrote(message.id, message.path);
        return;
      case 'custody':
        void this.#keep(seat, message);
        return;
      case 'load-failed':
        this.#refuse(seat, message.failure);
        return;
      case 'returned':
        seat.recalling = false;
        for (const id of message.ids) this.#takeBack(seat, id);
        return;
      default: {
        const attempt = seat.members.get(message.id);
        if (attempt === undefined) return;
        if (message.kind === 'started') this.#started(seat, attempt);
        else if (message.kind === 'done') this.#done(seat, attempt, message.result);
        else {
          void exchange(seat, attempt, message)?.then(() => {
            this.#spinner.expect();
            this.#schedule();
          });
          this.#schedule();
        }
      }
    }
  }

  /** Also for an attempt that left, and for code of none: whoever asks waits for the answer. */
  async #keep(seat: WorkerSeat, message: Extract<FromWorker, { kind: 'custody' }>): Promise<void> {
    const { id, request, asked } = message;
    const client = { outbox: seat.outbox, host: seat.members.get(id)?.host };
    const answer = await this.#custody.answer(asked, client);
    seat.process.send({ kind: 'custody-answer', request, answer });
    this.#spinner.expect();
  }

  #started(seat: WorkerSeat, attempt: PoolAttempt): void {
    seat.started(attempt, this.#settings.elapsed());
    if (attempt.stopping === undefined) attempt.host.started(seat.process.name);
    this.#schedule();
  }

  #done(seat: WorkerSeat, attempt: PoolAttempt, result: AttemptResult): void {
    const { stopping } = attempt;
    if (stopping === undefined && result.kind === 'ended') seat.tellLog(attempt.host);
    if (seat.attempts === 1) seat.parting = attempt;
    this.#leave(attempt, stopping === undefined ? result : { kind: 'stopped', reason: stopping });
    if (seat.retiring) this.#kill(seat, { kind: 'close' });
    this.#schedule();
  }

  /** A worker gave an attempt back that it had not started. */
  #takeBack(seat: WorkerSeat, id: AttemptId): void {
    const attempt = seat.members.get(id);
    if (attempt === undefined) return;
    seat.leave(attempt);
    const stopping = attempt.stopping ?? (this.#closed ? 'cancelled' : undefined);
    if (stopping !== undefined) {
      this.#leave(attempt, { kind: 'stopped', reason: stopping });
      return;
    }
    attempt.state = 'queued';
    this.#lineOf(attempt.demand).putBack(attempt);
    this.#schedule();
  }

  /** The bundle does not load: nobody can be served. */
  #refuse(seat: WorkerSeat, failure: Failure): void {
    const facts = failure.facts.map((fact) => fact.join(': '));
    const message = [failure.headline, ...facts].join('\n');
    for (const attempt of Array.from(seat.members.values())) {
      this.#leave(attempt, { kind: 'lost', cause: 'start', message });
    }
    this.#kill(seat, { kind: 'close' });
  }

  #stop(attempt: PoolAttempt, reason: 'timeout' | 'cancelled'): void {
    if (attempt.state === 'left' || attempt.stopping !== undefined) return;
    attempt.stopping = reason;
    const { seat } = attempt;
    if (seat === undefined) {
      this.#leave(attempt, { kind: 'stopped', reason });
      return;
    }
    seat.process.send({ kind: 'cancel', id: attempt.id, reason });
    const end = (): void => this.#kill(seat, { kind: 'stop', attempt });
    const watch = setTimeout(() => {
      if (attempt.state !== 'sent') {
        end();
        return;
      }
      // Told now; the process goes only if it stays deaf, for others may be at work in it.
      attempt.settle({ kind: 'stopped', reason });
      const last = setTimeout(end, UNSTARTED_GRACE_MS);
      attempt.endWatch = () => clearTimeout(last);
    }, GRACE_MS);
    const endWatch = attempt.endWatch;
    attempt.endWatch = () => {
      endWatch?.();
      clearTimeout(watch);
    };
  }

  #leave(attempt: PoolAttempt, result: AttemptResult): void {
    const { seat } = attempt;
    attempt.endWatch?.();
    seat?.leave(attempt);
    attempt.state = 'left';
    const { run, action } = attempt.request;
    const actions = this.#actionsOf(run);
    if (actions.get(action) === attempt) actions.delete(action);
    if (actions.size === 0) this.#actions.delete(run);
    const isParting = seat?.parting === attempt;
    const tell = (): void => {
      if (isParting) seat.parting = undefined;
      attempt.settle(result);
    };
    if (isParting) afterReading(tell);
    else tellAfterOthers(result, tell);
  }

  /** From here nobody is placed in the process; what it held is settled when it has ended. */
  #kill(seat: WorkerSeat, reason: KillReason): void {
    seat.retiring = true;
    seat.kill ??= reason;
    seat.process.kill();
  }

  #bury(seat: WorkerSeat, exit: ProcessExit): void {
    const index = this.#seats.indexOf(seat);
    if (index >= 0) this.#seats.splice(index, 1);
    const members = [...seat.members.values()];
    const losses = assignLoss(members, { exit, kill: seat.kill, ready: seat.ready });
    for (const attempt of members) {
      const loss = losses.get(attempt);
      if (loss !== undefined) {
        this.#leave(attempt, loss);
        continue;
      }
      // It had not started: nobody need know.
      attempt.strikes += 1;
      this.#takeBack(seat, attempt.id);
    }
    this.#schedule();
  }

  /** What is printed past the console belongs to an action only where there is one alone. */
  #print(seat: WorkerSeat, stream: 'stdout' | 'stderr', text: string): void {
    const { parting } = seat;
    const there = parting === undefined ? [] : [parting];
    const [only, second] = [...there, ...seat.members.values()];
    if (only !== undefined && second === undefined) only.host.logged(stream, text);
    else this.#settings.printed(seat.process.name, stream, text);
  }

  /** Work that waits in one process while another is idle comes back. */
  #recall(): void {
    for (const idle of this.#seats) {
      if (idle.running > 0 || !idle.open) continue;
      const laden = this.#seats.find(
        (seat) => seat.unstarted > 1 && !seat.recalling && seat.home === idle.home,
      );
      if (laden === undefined) continue;
      laden.recalling = true;
      laden.process.send({ kind: 'recall', count: Math.floor(laden.unstarted / 2) });
    }
  }
}
