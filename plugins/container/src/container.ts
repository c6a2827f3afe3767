import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Containment, Launched, ProcessEnd } from '@skein/executors';
import type { Result } from '@skein/model';
import type { Channel } from './channel.ts';
import { endProcess, firstProcessIn } from './container-processes.ts';
import { dialectOf } from './dialect.ts';
import type { Engine } from './engine.ts';
import { inWords } from './in-words.ts';
import { endMonitors } from './monitors.ts';
import { oomCounterOf } from './oom-count.ts';
import { runArguments } from './run-arguments.ts';
import type { ContainerPlan } from './run-arguments.ts';

/** What is started, and how to find it again. */
export interface ContainerSpec {
  readonly engine: Engine;
  /** The name that it is removed by. */
  readonly name: string;
  readonly scratch: string;
  readonly channel: Channel;
  readonly containment: Containment;
  readonly limited: boolean;
  /** What it takes until it can be started, which may be long. */
  readonly plan: Promise<Result<ContainerPlan>>;
  /** The engine's call that holds it begins, and has ended. */
  readonly held: (pid: number) => void;
  readonly released: (pid: number) => void;
  /** How long the engine may take until the worker is there. */
  readonly startMs: number;
}

/** The engine's own trouble: none of the container's programs ends like this before it speaks. */
const ENGINE_CODES = new Set([125, 126, 127]);
const SIGNAL_BASE = 128;
const TAIL_CHARACTERS = 2000;
/** The reader has it in a moment; whoever does not read must not hold us. */
const DRAIN_MS = 200;
/** In these it is looked for again, while its engine may still be making it. */
const INSIST_MS = 150;
const ASKED_ROUNDS = 40;
/** An engine that does not answer in so long hangs, which counts as that many rounds. */
const ASK_MS = 10_000;
const SILENT_ROUNDS = 20;
const REMOVALS = 5;
const OOM_PERIOD_MS = 50;
const SIGNALS = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);

/**
 * A worker in a container, held by a call of the engine in the foreground.
 *
 * K1: `ended` resolves once, when the container is removed: stopped ones are not left either.
 * K2: after `kill` nothing begins in it: whoever connects finds nobody, what runs is ended.
 */
export class Container implements Launched {
  readonly channel: Promise<Socket>;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly container: Containment;
  readonly ended: Promise<ProcessEnd>;
  readonly #spec: ContainerSpec;
  #pid: number | undefined;
  #call: ChildProcess | undefined;
  /** Why it ends: asked by us, or its worker went away. */
  #state: 'starting' | 'connected' | 'disconnected' | 'killed' | 'ended' = 'starting';
  #wasConnected = false;
  #insisting: Promise<void> | undefined;
  #outOfMemory = false;
  #isLeft = false;
  /** What was said before the worker is there may be the engine's own words. */
  #early: Buffer[] = [];
  #isLate = false;

  constructor(spec: ContainerSpec) {
    this.#spec = spec;
    this.container = spec.containment;
    this.channel = spec.channel.connected.then((socket) => this.#connected(socket));
    this.channel.catch(() => undefined);
    this.ended = this.#live();
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  /** The engine did not remove it, though it has ended. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  kill(): void {
    if (this.#state === 'ended') return;
    if (this.#state !== 'disconnected') this.#state = 'killed';
    this.#spec.channel.close();
    this.#endProcesses();
    if (this.#call !== undefined) this.#insisting ??= this.#insist(this.#call);
  }

  #connected(socket: Socket): Socket {
    this.#wasConnected = true;
    if (this.#state === 'starting') this.#state = 'connected';
    this.#tellEarly();
    const pid = firstProcessIn(this.#spec.scratch);
    this.#pid = pid;
    const look = this.#spec.limited && pid !== undefined ? this.#memoryLook(pid) : undefined;
    const timer = look && setInterval(look, OOM_PERIOD_MS).unref();
    socket.once('close', () => {
      clearInterval(timer);
      look?.();
      if (this.#state === 'connected') this.#state = 'disconnected';
    });
    return socket;
  }

  /** Where the system ended what the worker had started, the worker is not to go on either. */
  #memoryLook(pid: number): () => void {
    const count = oomCounterOf(pid);
    return () => {
      if (this.#state !== 'connected' || !count()) return;
      this.#outOfMemory = true;
      this.#endProcesses();
    };
  }

  async #live(): Promise<ProcessEnd> {
    const end = await this.#run().catch((error: unknown): ProcessEnd => ({
      code: null,
      signal: null,
      error: String(error),
    }));
    this.#state = 'ended';
    this.#spec.channel.close();
    return end;
  }

  async #run(): Promise<ProcessEnd> {
    const { engine, plan: planning } = this.#spec;
    const plan = await planning;
    if (!plan.ok) return this.#neverStarted(inWords(plan.failure));
    if (this.#state === 'killed') return this.#neverStarted();
    const call = engine.spawn(runArguments(engine, plan.value), { detached: true });
    this.#call = call;
    const end = await this.#endOf(call);
    await this.#insisting;
    const outOfMemory = await this.#wasOutOfMemory(end);
    await this.#remove();
    if (call.signalCode !== null) await endMonitors(this.#spec.name, engine.environment);
    return outOfMemory ? { ...end, outOfMemory } : end;
  }

  #neverStarted(error?: string): ProcessEnd {
    this.stdout.end();
    this.stderr.end();
    return { code: null, signal: null, ...(error !== undefined && { error }) };
  }

  async #endOf(call: ChildProcess): Promise<ProcessEnd> {
    const { pid } = call;
    if (pid !== undefined) this.#spec.held(pid);
    call.stdout?.pipe(this.stdout);
    call.stderr?.on('data', (chunk: Buffer) => {
      if (this.#wasConnected) this.stderr.write(chunk);
      else this.#early.push(chunk);
    });
    const late = setTimeout(() => this.#giveUp(), this.#spec.startMs);
    this.channel.then(
      () => clearTimeout(late),
      () => clearTimeout(late),
    );
    const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
    call.once('error', ({ message }) => resolve({ code: null, signal: null, error: message }));
    call.once('close', (code, signal) => resolve(this.#read(code, signal)));
    const end = await promise;
    clearTimeout(late);
    // They are told as what went wrong, once.
    if (end.error === undefined) this.#tellEarly();
    this.stderr.end();
    const read = Promise.allSettled([finished(this.stdout), finished(this.stderr)]);
    await Promise.race([read, delay(DRAIN_MS, undefined, { ref: false })]);
    if (pid !== undefined) this.#spec.released(pid);
    return end;
  }

  /** The engine ends as the first process of the container did, and says signals by number. */
  #read(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
    if (this.#isLate) {
      const error = `the engine has started no worker in ${this.#spec.startMs / 1000} s`;
      return { code, signal, error: [error, ...this.#said()].join('; it says: ') };
    }
    if (code === null) return { code, signal };
    if (!this.#wasConnected && ENGINE_CODES.has(code)) {
      const [said = `nothing; it ended with ${code}`] = this.#said();
      return { code, signal: null, error: `the engine says: ${said}` };
    }
    const name = SIGNALS.get(code - SIGNAL_BASE);
    return name === undefined ? { code, signal: null } : { code: null, signal: name };
  }

  #said(): readonly string[] {
    const said = Buffer.concat(this.#early).toString().trim().slice(-TAIL_CHARACTERS);
    return said === '' ? [] : [said];
  }

  #tellEarly(): void {
    for (const chunk of this.#early.splice(0)) this.stderr.write(chunk);
  }

  /** Whatever it waits for, nobody waits for it. */
  #giveUp(): void {
    if (this.#state !== 'starting') return;
    this.#isLate = true;
    this.kill();
  }

  /** Only of one that nobody here ended. */
  async #wasOutOfMemory(end: ProcessEnd): Promise<boolean> {
    if (this.#outOfMemory) return true;
    if (!this.#spec.limited || end.signal !== 'SIGKILL' || this.#state === 'killed') return false;
    const { engine, name } = this.#spec;
    const format = ['--format', '{{.State.OOMKilled}}'];
    const asked = await engine.run(['container', 'inspect', ...format, name]);
    return asked.stdout.trim() === 'true';
  }

  #endProcesses(): void {
    const pid = this.#pid ?? firstProcessIn(this.#spec.scratch);
    if (pid !== undefined) endProcess(pid);
  }

  /** What is being made cannot be ended yet, and what cannot be seen only the engine ends. */
  async #insist(call: ChildProcess): Promise<void> {
    const hasEnded = (): boolean => call.exitCode !== null || call.signalCode !== null;
    const exit = new AbortController();
    call.once('exit', () => exit.abort());
    for (let round = 1; call.pid !== undefined;) {
      await delay(INSIST_MS, undefined, { signal: exit.signal }).catch(() => undefined);
      if (hasEnded()) return;
      this.#pid = undefined;
      this.#endProcesses();
      round += (await this.#ask()) === null ? SILENT_ROUNDS : 1;
      if (this.#isLate || round > ASKED_ROUNDS)
        call.kill(round > 2 * ASKED_ROUNDS ? 'SIGKILL' : 'SIGTERM');
    }
  }

  async #remove(): Promise<void> {
    const { engine, name } = this.#spec;
    for (let round = 0; round < REMOVALS; round += 1) {
      const code = await this.#ask();
      if (code === 0) return;
      if (code === null) break;
      const asked = await engine.run(['container', 'inspect', name]);
      if (asked.code === 1) return;
      await delay(INSIST_MS);
    }
    this.#isLeft = true;
  }

  /** How the engine ended that was to remove it; `null`: it does not answer. */
  async #ask(): Promise<number | null> {
    const { engine, name } = this.#spec;
    const { quiet, remove } = dialectOf(engine);
    const asked = await engine.run([...quiet, ...remove, name], { limitMs: ASK_MS });
    return asked.code;
  }
}
