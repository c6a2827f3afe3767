import { flushCompileCache } from 'node:module';
import { createRegistry } from '@skein/sdk';
import type { OpenRegistry } from '@skein/sdk';
import type { AttemptResult } from './executor.ts';
import { runAs } from './attribution.ts';
import { enterContainer, settingsOf } from './contained.ts';
import { loadBundle } from './load-bundle.ts';
import { obeyFault } from './obey-fault.ts';
import type { AttemptId, ToWorker } from './message.ts';
import type { SdkModule } from './module-hooks.ts';
import { errorText, occupyProcess } from './occupation.ts';
import type { OccupationPorts } from './occupation.ts';
import { OutsideWatcher } from './outside-watcher.ts';
import { ProcessLog } from './process-log.ts';
import { ArtifactQuestions, CustodyQuestions, RemoteHost } from './remote-host.ts';
import type { Line } from './remote-host.ts';
import type { Custodian } from './outbox-files.ts';
import { currentAction } from './running-action.ts';
import type { RunningAction } from './running-action.ts';
import { Runtime, variablesOf } from './runtime.ts';
import { Starter } from './starter.ts';
import type { Waiting } from './starter.ts';
import { sourceFolders } from './thrown.ts';
import { reach } from '@skein/model';

export interface SessionPorts extends Line {
  readonly elapsed: () => number;
  readonly skein: SdkModule;
  /** Ends the process; the author's `process.exit` does not. */
  readonly leave: (code: number) => void;
}

type LoadOrder = Extract<ToWorker, { kind: 'load' }>;

/** In the place of an attempt: code that belongs to none. */
const NOBODY: AttemptId = 0;

interface Running {
  readonly action: RunningAction;
  readonly host: RemoteHost;
}

/** A worker's side of the talk with the coordinator. */
export class WorkerSession {
  readonly #ports: SessionPorts;
  readonly #running = new Map<AttemptId, Running>();
  readonly #starter: Starter;
  /** How many of the running wait for calls. */
  #waiting = 0;
  readonly #artifacts: ArtifactQuestions;
  readonly #custody: CustodyQuestions;
  #runtime: Runtime | undefined;
  /** What came before the bundle was loaded. */
  #early: Waiting[] = [];

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    this.#artifacts = new ArtifactQuestions(ports.send);
    this.#custody = new CustodyQuestions(ports);
    this.#starter = new Starter({
      announce: ({ id }) => ports.send({ kind: 'started', id }),
      flush: ports.flush,
      start: (waiting) => this.#start(waiting),
      running: () => this.#running.size - this.#waiting,
      elapsed: ports.elapsed,
    });
  }

  /** Nothing runs here that does not wait for a call. */
  get isIdle(): boolean {
    return this.#running.size === this.#waiting;
  }

  beginTurn(): void {
    this.#starter.beginTurn();
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case 'load':
        void this.#load(message);
        return;
      case 'run': {
        const { id, order, limit, prompt } = message;
        const waiting = { id, order, limit, prompt };
        if (this.#runtime !== undefined) this.#starter.add(waiting);
        else this.#early.push(waiting);
        return;
      }
      case 'reply':
        this.#running.get(message.id)?.host.replied(message.call, message.reply);
        return;
      case 'map-reply': {
        const { id, call, replies, last } = message;
        this.#running.get(id)?.host.mapReplied(call, replies, last);
        return;
      }
      case 'cancel':
        this.#cancel(message.id, message.reason);
        return;
      case 'recall':
        this.#ports.send({ kind: 'returned', ids: this.#starter.giveBack(message.count) });
        return;
      case 'artifact':
        this.#artifacts.answer(message.request, message.artifact);
        return;
      case 'custody-answer':
        this.#custody.answer(message.request, message.answer);
        return;
      case 'durable-answer':
        this.#running.get(message.id)?.host.durableAnswered(message.request, message.answer);
        return;
    }
  }

  async #load(message: LoadOrder): Promise<void> {
    const { bundle, state, scratch, hidden, path, secrets, sync, fault, container } = message;
    if (fault !== undefined) obeyFault(fault);
    if (container !== undefined) enterContainer(container);
    const { send, elapsed } = this.#ports;
    const environment = {
      visible: { ...process.env } as Record<string, string>,
      hidden,
      path,
    };
    const variables = variablesOf(environment);
    const log = new ProcessLog({ history: false });
    const listener = log.listen();
    const settings = { bundle, state, sync, scratch, environment, variables, secrets, elapsed };
    const custodian = container && this.#custodian(container.outbox);
    const open = (registry: OpenRegistry): Runtime =>
      new Runtime({ ...settings, custodian, registry, log, listener });
    const outside = this.#occupy(message, log, {
      variables: () => variables,
      files: open(createRegistry()).files,
    });
    const { registry, table } = await runAs(outside, () => loadBundle(bundle));
    outside.loaded();
    if (!table.ok) {
      send({ kind: 'load-failed', failure: table.failure });
      return;
    }
    await log.prefix();
    const [chunk = null] = listener.take();
    reach('worker-loaded');
    send({ kind: 'ready', report: { rows: table.value, log: chunk } });
    this.#runtime = open(registry);
    for (const waiting of this.#early) this.#starter.add(waiting);
    this.#early = [];
    // Workers are killed, not ended: the cache would never be written on the way out.
    setImmediate(flushCompileCache);
  }

  #occupy(
    message: LoadOrder,
    log: ProcessLog,
    ports: Pick<OccupationPorts, 'variables' | 'files'>,
  ): OutsideWatcher {
    const { bundle, invisible, scratch, path, passThrough } = message;
    const container = message.container && settingsOf(message.container);
    const { send, flush, skein } = this.#ports;
    const outside = new OutsideWatcher({
      log,
      wrote: (path) => {
        send({ kind: 'wrote', id: NOBODY, path });
        flush();
      },
    });
    const { root } = bundle;
    occupyProcess({
      ...ports,
      skein,
      stranger: outside,
      sources: () => sourceFolders(bundle),
      tracking: { root, state: invisible, scratch, path, passThrough, container },
      printed: () => undefined,
      stray: (error) => this.#stray(error),
      whole: true,
    });
    return outside;
  }

  #custodian(outbox: string): Custodian {
    return {
      outbox,
      ask: (asked) => this.#custody.ask(this.#idOf(currentAction()), asked),
    };
  }

  #idOf(action: RunningAction | undefined): AttemptId {
    for (const [id, running] of this.#running) if (running.action === action) return id;
    return NOBODY;
  }

  #start({ id, order }: Waiting): void {
    const host = new RemoteHost(id, this.#ports, this.#artifacts);
    const onWaiting = (waiting: boolean): void => this.#changeWaiting(waiting);
    const action = this.#runtime?.action({ order, host, onWaiting });
    if (action === undefined) throw new TypeError('an action was started before its bundle');
    this.#running.set(id, { action, host });
    void action.execute().then((result) => this.#end(id, result));
  }

  #end(id: AttemptId, result: AttemptResult): void {
    reach('result-before-send');
    this.#running.get(id)?.host.flush();
    this.#running.delete(id);
    this.#ports.send({ kind: 'done', id, result });
    this.#starter.wake();
  }

  #cancel(id: AttemptId, reason: 'timeout' | 'cancelled'): void {
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.action.stop(reason);
      return;
    }
    this.#early = this.#early.filter((waiting) => waiting.id !== id);
    this.#starter.remove(id);
    this.#ports.send({ kind: 'done', id, result: { kind: 'stopped', reason } });
  }

  /** An action that waits for its calls makes room for others (X2). */
  #changeWaiting(waiting: boolean): void {
    this.#waiting += waiting ? 1 : -1;
    this.#starter.wake();
  }

  /** Nobody can say whom this error concerns, nor what it left behind. */
  #stray(error: unknown): void {
    process.stderr.write(`${errorText(error)}\n`, () => this.#ports.leave(1));
  }
}
