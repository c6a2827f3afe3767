import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { fail, faultOrder } from '@skein/model';
import type { Failure, Result } from '@skein/model';
import type { MadeEnvironment } from './environment.ts';
import type { BundleLocation, LoadReport } from './executor.ts';
import { MaskedStream } from './masked-stream.ts';
import { MessageReader, MessageStream } from './message-stream.ts';
import type { FromWorker, ToWorker } from './message.ts';
import { DEFAULT_BUDGET, OutputLimit } from './output-limit.ts';
import { endGroup, endTree, endWithin } from './orphans.ts';
import { packToWorker, unpackFromWorker } from './protocol.ts';
import { Secrets } from './secrets.ts';

/** What is kept of the error output of a process, to say why it went away. */
const TAIL_CHARACTERS = 4096;
/** A subprocess that left the process group may hold the pipes open for ever. */
const DRAIN_MS = 200;

export interface WorkerSpec {
  readonly name: string;
  /** Absolute path of the module that starts a worker. */
  readonly entry: string;
  readonly bundle: BundleLocation;
  readonly state: string;
  /** Absolute folder that actions cannot see (O2). */
  readonly invisible: string;
  readonly scratch: string;
  readonly environment: MadeEnvironment;
  readonly passThrough: readonly string[];
  readonly sync: boolean;
  readonly secrets: readonly string[];
  readonly heapMebibytes: number;
  readonly elapsed: () => number;
}

/** How a process ended, as the operating system says it. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote to its error output. */
  readonly tail: string;
}

export interface WorkerEvents {
  message(message: FromWorker): void;
  /** What the process printed past the console. */
  printed(stream: 'stdout' | 'stderr', text: string): void;
  exited(exit: ProcessExit): void;
}

/** One worker process and the way to talk to it. */
export class WorkerProcess {
  readonly name: string;
  /** What it said when the bundle was loaded, or why it is not. */
  readonly loaded: Promise<Result<LoadReport>>;
  readonly exited: Promise<void>;
  readonly #spec: WorkerSpec;
  readonly #events: WorkerEvents;
  readonly #child: ChildProcess;
  readonly #stream: MessageStream;
  readonly #settleLoaded: (result: Result<LoadReport>) => void;
  readonly #settleExited: () => void;
  #tail = '';
  #gone = false;

  constructor(spec: WorkerSpec, events: WorkerEvents) {
    this.name = spec.name;
    this.#spec = spec;
    this.#events = events;
    const loaded = Promise.withResolvers<Result<LoadReport>>();
    const exited = Promise.withResolvers<void>();
    this.loaded = loaded.promise;
    this.#settleLoaded = loaded.resolve;
    this.exited = exited.promise;
    this.#settleExited = exited.resolve;
    this.#child = spawnWorker(spec);
    const socket = this.#child.stdio[3] as Socket;
    this.#stream = new MessageStream(socket);
    this.#listen(socket);
    const { bundle, state, invisible, scratch, passThrough, sync, secrets } = spec;
    const { hidden, path } = spec.environment;
    this.send({
      kind: 'load',
      bundle,
      state,
      invisible,
      scratch,
      hidden,
      path,
      passThrough,
      sync,
      secrets,
      fault: faultOrder(),
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToWorker): void {
    if (!this.#gone) this.#stream.send(packToWorker(message));
  }

  /** Ends the process, and its subprocesses with it, without asking it. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null) return;
    if (process.platform === 'win32') this.#child.kill('SIGKILL');
    else endTree(pid);
  }

  #listen(socket: Socket): void {
    const reader = new MessageReader((fields) => {
      const message = unpackFromWorker(fields);
      if (message.kind === 'ready') this.#settleLoaded({ ok: true, value: message.report });
      else if (message.kind === 'load-failed') this.#settleLoaded(fail(message.failure));
      this.#events.message(message);
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch {
        // Nothing that follows can be understood: a task wrote to our socket.
        this.kill();
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.kill());
    this.#drain('stdout');
    this.#drain('stderr');
    this.#child.once('error', (error) => {
      this.#tail += error.message;
      if (this.#child.pid === undefined) this.#finish(null, null);
    });
    this.#child.once('exit', (code, signal) => {
      endGroup(this.#child.pid ?? 0);
      endWithin(this.#spec.scratch);
      const timer = setTimeout(() => this.#finish(code, signal), DRAIN_MS);
      this.#child.once('close', () => {
        clearTimeout(timer);
        this.#finish(code, signal);
      });
    });
  }

  /** Reads at all times, whatever is kept: a full pipe would stop the process. */
  #drain(name: 'stdout' | 'stderr'): void {
    const limit = new OutputLimit(DEFAULT_BUDGET, this.#spec.elapsed);
    const secrets = new Secrets(this.#spec.secrets, this.#spec.environment.visible);
    const stream = this.#child[name];
    stream?.setEncoding('utf8');
    const masked = new MaskedStream(secrets);
    const print = (text: string): void => {
      if (text === '') return;
      if (name === 'stderr') this.#tail = (this.#tail + text).slice(-TAIL_CHARACTERS);
      const kept = limit.pass(text);
      if (kept !== '') this.#events.printed(name, kept);
    };
    stream?.on('data', (raw: string) => print(masked.pass(raw)));
    stream?.once('end', () => print(masked.rest()));
    stream?.on('error', () => undefined);
  }

  /** A subprocess that outlives the process may hold its pipes: they must not hold us. */
  #letGo(): void {
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  #finish(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#letGo();
    const exit = { code, signal, tail: this.#tail };
    this.#settleLoaded(fail(startFailure(this.name, exit)));
    this.#events.exited(exit);
    this.#settleExited();
  }
}

function spawnWorker(spec: WorkerSpec): ChildProcess {
  const { heapMebibytes, environment, bundle, entry, state } = spec;
  const flags = heapMebibytes === 0 ? [] : [`--max-old-space-size=${heapMebibytes}`];
  return spawn(process.execPath, [...flags, entry], {
    cwd: bundle.cwd,
    // The worker takes the cache's name out again before any code of the author runs.
    env: { ...environment.visible, NODE_COMPILE_CACHE: join(state, 'compile-cache') },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own: it can be killed with its subprocesses, and Ctrl-C does not reach it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
}

/** In words: `exit code 3` or `signal SIGSEGV`. */
export function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
}

function startFailure(worker: string, exit: ProcessExit): Failure {
  return {
    code: 'worker-lost',
    kind: 'environment',
    headline: `a worker process ended while it was starting`,
    facts: [
      ['worker', worker],
      ['ended by', describeExit(exit)],
      ['its last output', exit.tail.trim() || 'none'],
    ],
  };
}
