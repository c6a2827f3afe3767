import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileStore } from '@skein/sdk';
import type { Result, TaskOptions, TaskRow } from '@skein/model';
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
} from './executor.ts';
import { loadBundle } from './load-bundle.ts';
import type { LoadedBundle } from './load-bundle.ts';
import type { SdkModule } from './module-hooks.ts';
import { notHonouredByProcesses } from './not-honoured.ts';
import type { RunningAction } from './running-action.ts';
import { Runtime } from './runtime.ts';

export interface InlineSettings {
  readonly state: string;
  readonly environment: CommandEnvironment;
  readonly skein: SdkModule;
  readonly elapsed: () => number;
}

interface Opened {
  readonly runtime: Runtime;
  readonly loaded: LoadedBundle;
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
  readonly #running = new Set<RunningAction>();
  #scratch: string | undefined;
  #closed = false;

  constructor(settings: InlineSettings) {
    this.#settings = settings;
    const files = createFileStore(join(settings.state, 'files'));
    this.#coordinator = new Coordinator(settings.skein, files);
  }

  async load(bundle: BundleLocation): Promise<Result<readonly TaskRow[]>> {
    return (await this.#open(bundle, NO_VARIABLES)).loaded.table;
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
      action = runtime.action({ order: request, host, onWaiting: () => undefined });
      host.started('coordinator');
      this.#running.add(action);
      const result = await action.execute();
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
    const names = [...notHonouredByProcesses(options)];
    const { timeout, resources, reuse } = options;
    if (timeout.runMs !== undefined) names.push('timeout.run');
    if (timeout.deadlineMs !== undefined) names.push('timeout.deadline');
    if (resources.memoryBytes !== undefined) names.push('resources.memory');
    if (reuse === false) names.push('reuse');
    else if (reuse.concurrency !== undefined) names.push('reuse.concurrency');
    return names;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const action of this.#running) action.stop('cancelled');
    this.#coordinator.leave();
    if (this.#scratch !== undefined) await rm(this.#scratch, { recursive: true, force: true });
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
    const environment = makeEnvironment(this.#settings.environment, options, scratch);
    this.#coordinator.enter(bundle);
    const loaded = await this.#coordinator.loadIn(environment, () => loadBundle(bundle));
    const { registry } = loaded;
    const { secrets } = options;
    const runtime = new Runtime({
      registry,
      bundle,
      state,
      scratch,
      environment,
      secrets,
      elapsed,
    });
    return { runtime, loaded };
  }

  #folder(): string {
    if (this.#scratch === undefined) {
      const parent = join(this.#settings.state, 'scratch');
      mkdirSync(parent, { recursive: true });
      this.#scratch = mkdtempSync(join(parent, 'inline-'));
    }
    return this.#scratch;
  }
}
