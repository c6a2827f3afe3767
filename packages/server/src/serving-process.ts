import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import type { ChildOptions, FromChild, ToChild } from './child-message.ts';
import type { Draining } from './http-server.ts';
import type { ChildEntry } from './serve-options.ts';

/** How a serving process came to its end. */
export interface ProcessEnd {
  /** `exit code 1`, `SIGKILL`. */
  readonly how: string;
  readonly wasCut: boolean;
  /** Connections that it was sent and did not take. */
  readonly untaken: readonly Socket[];
}

/**
 * Bodies pass through as buffers outside the heap, which V8 frees when it collects the young
 * space: a small one is collected often, and memory stays low while gigabytes pass.
 */
const SMALL_YOUNG_SPACE = '--max-semi-space-size=1';
const PING_MS = 5_000;
const PINGS_MISSED = 6;

/** The process that does the work. It is sent connections; until it took one, it is held here. */
export class ServingProcess {
  /** Settles when it serves, or cannot. */
  readonly ready: Promise<Result<true>>;
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #untaken = new Map<number, Socket>();
  readonly #ready = Promise.withResolvers<Result<true>>();
  readonly #ping: NodeJS.Timeout;
  #nextId = 0;
  #missed = 0;
  #wasCut = false;

  constructor(entry: ChildEntry, options: ChildOptions) {
    this.ready = this.#ready.promise;
    this.#child = fork(entry.module, entry.argv, {
      execArgv: [...process.execArgv, SMALL_YOUNG_SPACE],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => this.#hear(message as FromChild));
    this.ended = this.#watchEnd();
    this.#send({ kind: 'start', options });
    this.#ping = setInterval(() => this.#pingOnce(), PING_MS);
    this.#ping.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  give(socket: Socket): void {
    this.#nextId += 1;
    this.#untaken.set(this.#nextId, socket);
    this.#send({ kind: 'connection', id: this.#nextId }, socket);
  }

  drain(draining: Draining): void {
    this.#send({ kind: 'drain', draining });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToChild, socket?: Socket): void {
    // Where it is gone, its end is heard of, and what it did not take goes to the next one.
    if (this.#child.connected) {
      this.#child.send(message, socket, { keepOpen: true }, () => undefined);
    }
  }

  #hear(message: FromChild): void {
    switch (message.kind) {
      case 'ready':
        return this.#ready.resolve(succeed(true));
      case 'failed':
        return this.#ready.resolve(fail(message.failure));
      case 'taken':
        // Closes this end of it only: the other process has its own.
        this.#untaken.get(message.id)?.destroy();
        this.#untaken.delete(message.id);
        return undefined;
      case 'pong':
        this.#missed = 0;
        return undefined;
      case 'drained':
        this.#wasCut = message.outcome === 'cut';
    }
  }

  async #watchEnd(): Promise<ProcessEnd> {
    const how = await new Promise<string>((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      this.#child.once('error', (error) => resolve(error.message));
    });
    clearInterval(this.#ping);
    this.#ready.resolve(
      fail({
        code: 'server-data',
        kind: 'environment',
        headline: 'the serving process ended before it was ready',
        facts: [['end', `"${how}"`]],
        hint: 'what it wrote is above',
      }),
    );
    const untaken = [...this.#untaken.values()];
    this.#untaken.clear();
    return { how, wasCut: this.#wasCut, untaken };
  }

  /** A process that does not even answer this for half a minute will answer nobody. */
  #pingOnce(): void {
    this.#missed += 1;
    if (this.#missed > PINGS_MISSED) this.kill();
    else this.#send({ kind: 'ping' });
  }
}
