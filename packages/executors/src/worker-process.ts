import type { Socket } from 'node:net';
import { fail, faultOrder } from '@skein/model';
import type { Failure, Result } from '@skein/model';
import type { LoadReport } from './executor.ts';
import type { LaunchOrder, Launched, ProcessEnd } from './launcher.ts';
import { MaskedStream } from './masked-stream.ts';
import { MessageReader, MessageStream } from './message-stream.ts';
import type { FromWorker, ToWorker } from './message.ts';
import { DEFAULT_BUDGET, OutputLimit } from './output-limit.ts';
import { packToWorker, unpackFromWorker } from './protocol.ts';
import { Secrets } from './secrets.ts';

/** What is kept of the error output of a process, to say why it went away. */
const TAIL_CHARACTERS = 4096;

/** What a worker is told when it is there, besides what it was started with. */
export interface WorkerSpec extends Pick<
  LaunchOrder,
  'name' | 'bundle' | 'state' | 'invisible' | 'scratch' | 'environment'
> {
  readonly passThrough: readonly string[];
  readonly sync: boolean;
  readonly secrets: readonly string[];
  readonly elapsed: () => number;
}

/** How a process ended, and what it said last. */
export interface ProcessExit extends ProcessEnd {
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
  readonly #launched: Launched;
  readonly #settleLoaded: (result: Result<LoadReport>) => void;
  readonly #settleExited: () => void;
  #socket: Socket | undefined;
  #stream: MessageStream | undefined;
  /** What is said before the channel is there. */
  #early: ToWorker[] = [];
  #tail = '';
  #gone = false;

  constructor(spec: WorkerSpec, launched: Launched, events: WorkerEvents) {
    this.name = spec.name;
    this.#spec = spec;
    this.#launched = launched;
    this.#events = events;
    const loaded = Promise.withResolvers<Result<LoadReport>>();
    const exited = Promise.withResolvers<void>();
    this.loaded = loaded.promise;
    this.#settleLoaded = loaded.resolve;
    this.exited = exited.promise;
    this.#settleExited = exited.resolve;
    this.#drain('stdout');
    this.#drain('stderr');
    // Where there never is a channel, the end says why.
    launched.channel.then(
      (socket) => this.#connect(socket),
      () => undefined,
    );
    void launched.ended.then((end) => this.#finish(end));
    const { bundle, state, invisible, scratch, passThrough, sync, secrets } = spec;
    const { hidden, path } = spec.environment;
    const { container } = launched;
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
      ...(container !== undefined && { container }),
    });
  }

  send(message: ToWorker): void {
    if (this.#stream !== undefined) this.#stream.send(packToWorker(message));
    else if (!this.#gone) this.#early.push(message);
  }

  /** Ends the process, and its subprocesses with it, without asking it. */
  kill(): void {
    this.#launched.kill();
  }

  #connect(socket: Socket): void {
    if (this.#gone) {
      socket.destroy();
      return;
    }
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
    this.#socket = socket;
    const stream = new MessageStream(socket);
    for (const message of this.#early.splice(0)) stream.send(packToWorker(message));
    this.#stream = stream;
  }

  /** Reads at all times, whatever is kept: a full pipe would stop the process. */
  #drain(name: 'stdout' | 'stderr'): void {
    const limit = new OutputLimit(DEFAULT_BUDGET, this.#spec.elapsed);
    const secrets = new Secrets(this.#spec.secrets, this.#spec.environment.visible);
    const stream = this.#launched[name];
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

  #finish(end: ProcessEnd): void {
    this.#gone = true;
    this.#stream = undefined;
    this.#early = [];
    // A subprocess that outlives the process may hold its pipes: they must not hold us.
    for (const it of [this.#socket, this.#launched.stdout, this.#launched.stderr]) it?.destroy();
    const exit = { ...end, tail: this.#tail };
    this.#settleLoaded(fail(startFailure(this.name, exit)));
    this.#events.exited(exit);
    this.#settleExited();
  }
}

/** In words: `exit code 3` or `signal SIGSEGV`. */
export function describeExit({ code, signal }: ProcessEnd): string {
  return signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
}

function startFailure(worker: string, exit: ProcessExit): Failure {
  const how: readonly [string, string] =
    exit.error === undefined ? ['ended by', describeExit(exit)] : ['error', exit.error];
  return {
    code: 'worker-lost',
    kind: 'environment',
    headline: `a worker process ended while it was starting`,
    facts: [['worker', worker], how, ['its last output', exit.tail.trim() || 'none']],
  };
}
