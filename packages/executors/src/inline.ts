import { join } from 'node:path';
import { createFileStore } from '@skein/sdk';
import { succeed } from '@skein/model';
import type { LogChunk, Result, TaskOptions } from '@skein/model';
import { ourselves } from './attribution.ts';
import { homeOf } from './demand.ts';
import { Coordinator } from './coordinator.ts';
import { makeEnvironment } from './environment.ts';
import type { CommandEnvironment } from './environment.ts';
import type {
  AttemptHandle,
  AttemptHost,
  AttemptRequest,
  AttemptResult,
  BundleLocation,
  Executor,
  LoadReport,
} from './executor.ts';
import { loadBundle } from './load-bundle.ts';
import type { LoadedBundle } from './load-bundle.ts';
import type { SdkModule } from './module-hooks.ts';
import { notHonouredInline } from './not-honoured.ts';
import type { RunningAction } from './running-action.ts';
import { Runtime, variablesOf } from './runtime.ts';
import { endWithin } from './orphans.ts';
import { removeFolder } from './remove-folder.ts';
import { openScratchHome } from './scratch-home.ts';

export interface InlineSettings {
  readonly state: string;
  /** Absolute folder that actions cannot see (O2). */
  readonly invisible: string;
  readonly environment: CommandEnvironment;
  readonly skein: SdkModule;
  readonly elapsed: () => number;
  /** Packages that only pass reads through, besides those that are known (O3). */
  readonly passThrough: readonly string[];
  /** Artifacts are synced to disk (D2). */
  readonly sync: boolean;
  /** What modules print while they are evaluated. */
  readonly printed: (worker: string, stream: 'stdout' | 'stderr', text: string) => void;
}

interface Opened {
  readonly runtime: Runtime;
  readonly loaded: LoadedBundle;
  /** What was observed till then: more than this bundle did, where it is not the first. */
  readonly chunk: LogChunk | null;
}

type EnvironmentOptions = Pick<TaskOptions, 'variables' | 'secrets'>;

const NO_VARIABLES: EnvironmentOptions = { variables: {}, secrets: [] };
const GRACE_MS = 250;

/**
 * Runs actions in the coordinator itself, for debugging: one process, one set of modules, the
 * same copies of values (V4). It can stop no busy loop and bound no memory.
 */
export class InlineExecutor implements Executor {
  readonly name = 'inline';
  readonly #settings: InlineSettings;
  readonly #coordinator: Coordinator;
  /** By bundle and environment, as worker processes are; modules are shared by all. */
  readonly #opened = new Map<string, Promise<Opened>>();
  readonly #running = new Map<RunningAction, AttemptHost>();
  /** Paths written by code of no action, when there was none to tell it. */
  readonly #unclaimed: string[] = [];
  #scratch: string | undefined;
  #closed = false;

  constructor(settings: InlineSettings) {
    this.#settings = settings;
    const { state, invisible, skein, passThrough } = settings;
    const files = createFileStore(join(state, 'files'));
    const path = settings.environment['PATH'];
    const wrote = (path: string): void => this.#wrote(path);
    this.#coordinator = new Coordinator({
      skein,
      files,
      state,
      invisible,
      path,
      passThrough,
      wrote,
      printed: (stream, text) => ourselves(() => settings.printed('coordinator', stream, text)),
    });
  }

  async load(bundle: BundleLocation): Promise<Result<LoadReport>> {
    const { loaded, chunk } = await this.#open(bundle, NO_VARIABLES);
    const { table } = loaded;
    return table.ok ? succeed({ rows: table.value, log: chunk }) : table;
  }

  execute(request: AttemptRequest, host: AttemptHost): AttemptHandle {
    const stopped = Promise.withResolvers<AttemptResult>();
    let action: RunningAction | undefined;
    let stopping: 'timeout' | 'cancelled' | undefined;
    const run = async (): Promise<AttemptResult> => {
      const { runtime, loaded } = await this.#open(request.bundle, request.options);
      if (!loaded.table.ok) {
        return { kind: 'lost', cause: 'start', message: loaded.table.failure.headline };
      }
      if (stopping !== undefined) return { kind: 'stopped', reason: stopping };
      if (this.#closed) return { kind: 'stopped', reason: 'cancelled' };
      const order = { ...request, strict: request.options.strict };
      const outer = outerHost(host);
      action = runtime.action({ order, host: outer, onWaiting: () => undefined });
      outer.started('coordinator');
      for (const path of this.#unclaimed.splice(0)) outer.wrote(path);
      const started = action;
      this.#running.set(action, outer);
      const result = await inFreshStack(() => started.execute());
      this.#running.delete(action);
      return this.#coordinator.qualify(result);
    };
    return {
      done: Promise.race([run(), stopped.promise]),
      cancel: (reason) => {
        stopping ??= reason;
        action?.stop(reason);
        // Its code may go on: there is no process of its own to end.
        setTimeout(() => stopped.resolve({ kind: 'stopped', reason }), GRACE_MS).unref();
      },
    };
  }

  cannotHonour(options: TaskOptions): readonly string[] {
    return notHonouredInline(options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const action of this.#running.keys()) action.stop('cancelled');
    this.#coordinator.leave();
    const scratch = this.#scratch;
    if (scratch === undefined) return;
    endWithin(scratch);
    await removeFolder(scratch);
  }

  #wrote(path: string): void {
    const [host] = this.#running.values();
    if (host === undefined) this.#unclaimed.push(path);
    else host.wrote(path);
  }

  #open(bundle: BundleLocation, options: EnvironmentOptions): Promise<Opened> {
    const home = homeOf(bundle, options);
    let opened = this.#opened.get(home);
    if (opened === undefined) {
      opened = this.#load(bundle, options);
      this.#opened.set(home, opened);
    }
    return opened;
  }

  async #load(bundle: BundleLocation, options: EnvironmentOptions): Promise<Opened> {
    const { state, elapsed } = this.#settings;
    const scratch = this.#folder();
    const environment = makeEnvironment(this.#settings.environment, options, { scratch });
    this.#coordinator.enter(bundle);
    const variables = variablesOf(environment);
    const loaded = await this.#coordinator.loadIn(variables, () => loadBundle(bundle));
    const { registry } = loaded;
    const { log, listener } = this.#coordinator;
    await log.prefix();
    const { secrets } = options;
    const runtime = new Runtime({
      registry,
      bundle,
      state,
      sync: this.#settings.sync,
      scratch,
      environment,
      variables,
      log,
      listener,
      secrets,
      elapsed,
    });
    return { runtime, loaded, chunk: log.whole() };
  }

  #folder(): string {
    this.#scratch ??= ourselves(() => openScratchHome(this.#settings.state, 'inline'));
    return this.#scratch;
  }
}

/** Whoever waits for the engine is no frame of the action's stack (O3). */
function inFreshStack<T>(start: () => Promise<T>): Promise<T> {
  return new Promise((resolve) => queueMicrotask(() => resolve(start())));
}

/** The engine is no part of the action that asks it. */
function outerHost(host: AttemptHost): AttemptHost {
  return {
    started: (worker) => ourselves(() => host.started(worker)),
    call: (request) => ourselves(() => host.call(request)),
    map: (request) => ourselves(() => host.map(request)),
    abandon: (call) => ourselves(() => host.abandon(call)),
    logged: (stream, text) => ourselves(() => host.logged(stream, text)),
    progressed: (done, total) => ourselves(() => host.progressed(done, total)),
    artifactOf: (file) => ourselves(() => host.artifactOf(file)),
    extended: (chunk) => ourselves(() => host.extended(chunk)),
    wrote: (path) => ourselves(() => host.wrote(path)),
    checkpoint: (call) => ourselves(() => host.checkpoint(call)),
    checkpointed: (ended) => ourselves(() => host.checkpointed(ended)),
    snapshot: () => ourselves(() => host.snapshot()),
    snapshotSaved: (snapshot) => ourselves(() => host.snapshotSaved(snapshot)),
  };
}
