import type { Socket } from 'node:net';
import type { Failure, Result } from '@skein/model';
import type { ChildOptions } from './child-message.ts';
import { LastResort } from './last-resort.ts';
import type { ChildEntry } from './serve-options.ts';
import { ServingProcess, type ProcessEnd } from './serving-process.ts';
import { WaitingRoom } from './waiting-room.ts';

export interface SupervisorOptions {
  readonly entry: ChildEntry;
  readonly child: Omit<ChildOptions, 'restarts'>;
  readonly say: (line: string) => void;
}

/** A process that was replaced may still be sending something large. */
const REPLACED_MS = 600_000;
/** A process that lived so long is none that fails at its start. */
const PROVEN_MS = 10_000;
const FIRST_DELAY_MS = 100;
const MOST_DELAY_MS = 5_000;
const KILL_MARGIN_MS = 2_000;

type State = 'serving' | 'stopping' | 'stopped';

/**
 * Keeps one process serving. Invariant: a connection that was accepted is with exactly one of the
 * waiting room, a serving process, the last resort; none is dropped because of what we do.
 */
export class Supervisor {
  readonly done: Promise<number>;
  readonly #options: SupervisorOptions;
  readonly #lastResort: LastResort;
  readonly #waiting: WaitingRoom;
  readonly #processes = new Set<ServingProcess>();
  readonly #done = Promise.withResolvers<number>();
  #current: ServingProcess | undefined;
  #state: State = 'serving';
  #started = 0;
  #failures = 0;
  #wasCut = false;
  #retry: NodeJS.Timeout | undefined;
  #reloading: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.done = this.#done.promise;
    const { limits } = options.child;
    this.#lastResort = new LastResort(limits);
    const most = 2 * limits.connections;
    this.#waiting = new WaitingRoom({ most, holdMs: limits.holdMs }, (socket) =>
      this.#lastResort.adopt(socket),
    );
  }

  /** The first process. Where it cannot serve, there is no sense in trying again. */
  async start(): Promise<Result<true>> {
    const result = await this.#launch();
    if (!result.ok) this.kill();
    return result;
  }

  /** Takes a connection that was accepted, and not read. */
  accept(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.#state !== 'serving') this.#lastResort.adopt(socket);
    else if (this.#current === undefined) this.#waiting.hold(socket);
    else this.#current.give(socket);
  }

  /** A new process takes over; the old one ends what it has. It stays where the new one fails. */
  async reload(): Promise<void> {
    this.#reloading ??= this.#replace().finally(() => {
      this.#reloading = undefined;
    });
    await this.#reloading;
  }

  /** Ends requests in flight, within their time. */
  stop(): void {
    this.#state = 'stopping';
    clearTimeout(this.#retry);
    for (const socket of this.#waiting.empty()) this.#lastResort.adopt(socket);
    const { stopMs, stopIdleMs } = this.#options.child.limits;
    for (const it of this.#processes) it.drain({ idleMs: stopIdleMs, mostMs: stopMs });
    setTimeout(() => this.kill(), stopMs + KILL_MARGIN_MS).unref();
    this.#endIfGone();
  }

  kill(): void {
    this.#wasCut ||= this.#processes.size > 0;
    this.#state = 'stopping';
    clearTimeout(this.#retry);
    for (const it of this.#processes) it.kill();
    this.#endIfGone();
  }

  async #replace(): Promise<void> {
    const result = await this.#launch();
    if (!result.ok) this.#tell('the new serving process failed, the old one stays', result.failure);
  }

  /** Once it is ready, connections go to it, and whichever served until then is drained. */
  async #launch(): Promise<Result<true>> {
    const { entry, child } = this.#options;
    const next = new ServingProcess(entry, { ...child, restarts: this.#started });
    this.#started += 1;
    this.#processes.add(next);
    void next.ended.then((end) => this.#ended(next, end));
    const result = await next.ready;
    if (!result.ok || this.#state !== 'serving') {
      next.kill();
      return result;
    }
    const idleMs = this.#options.child.limits.keepAliveMs;
    this.#current?.drain({ idleMs, mostMs: REPLACED_MS });
    this.#current = next;
    setTimeout(() => this.#proven(next), PROVEN_MS).unref();
    for (const socket of this.#waiting.empty()) next.give(socket);
    return result;
  }

  #proven(process: ServingProcess): void {
    if (this.#current === process) this.#failures = 0;
  }

  #ended(process: ServingProcess, { how, wasCut, untaken }: ProcessEnd): void {
    this.#processes.delete(process);
    this.#wasCut ||= wasCut;
    const wasCurrent = this.#current === process;
    if (wasCurrent) this.#current = undefined;
    for (const socket of untaken) this.accept(socket);
    if (this.#state === 'serving' && wasCurrent) {
      this.#options.say(`the serving process ended (${how}), another one takes over`);
      this.#relaunch();
    }
    this.#endIfGone();
  }

  /** At once, but more and more slowly where it fails again and again. */
  #relaunch(): void {
    const delay = Math.min(MOST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#failures - 1));
    const launch = (): void => {
      void this.#launch().then((result) => {
        if (result.ok || this.#state !== 'serving' || this.#current !== undefined) return;
        this.#tell('the serving process cannot start, it is tried again', result.failure);
        this.#relaunch();
      });
    };
    this.#failures += 1;
    if (this.#failures === 1) launch();
    else this.#retry = setTimeout(launch, delay);
  }

  #tell(headline: string, { facts, headline: reason }: Failure): void {
    const details = facts.map(([name, value]) => `${name} ${value}`).join(', ');
    this.#options.say(`${headline}: ${reason} (${details})`);
  }

  #endIfGone(): void {
    if (this.#state !== 'stopping' || this.#processes.size > 0) return;
    this.#state = 'stopped';
    this.#lastResort.close();
    this.#done.resolve(this.#wasCut ? 1 : 0);
  }
}
