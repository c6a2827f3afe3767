import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import * as sdk from '@skein/sdk';
import type { Executor, ExecutorSettings } from './executor.ts';
import { InlineExecutor } from './inline.ts';
import type { Launcher } from './launcher.ts';
import { PoolExecutor } from './pool.ts';
import { ProcessLauncher } from './process-launcher.ts';

/** Where the worker's entry may lie, as published and in the workspace. */
const WORKER_ENTRIES = ['worker.js', '../worker.js', '../../skein/src/worker.ts'];

/** The executor that runs actions in child processes. */
export function createPool(settings: ExecutorSettings): Executor {
  return createPoolWith({ ...settings, launcher: new ProcessLauncher() });
}

export interface LauncherSettings extends ExecutorSettings {
  /** Starts the processes; closed with the executor, which has its name. */
  readonly launcher: Launcher;
  /** Serves tasks of `isolation: 'inline'`; closed with the executor. Default: one of its own. */
  readonly inline?: Executor;
}

/** The executor that runs actions in processes which a launcher starts, wherever they run. */
export function createPoolWith(settings: LauncherSettings): Executor {
  const { state, environment, launcher } = settings;
  return new PoolExecutor({
    launcher,
    state,
    invisible: settings.invisible ?? state,
    environment,
    elapsed: elapsedOf(settings),
    passThrough: settings.passThrough ?? [],
    sync: settings.sync ?? false,
    capacity: settings.workers ?? availableParallelism(),
    workerEntry: settings.workerEntry ?? findWorkerEntry(),
    printed: settings.printed ?? (() => undefined),
    inline: settings.inline ?? createInline(settings),
  });
}

/** The executor that runs actions in this process. */
export function createInline(settings: ExecutorSettings): Executor {
  const { state, environment } = settings;
  return new InlineExecutor({
    state,
    invisible: settings.invisible ?? state,
    environment,
    elapsed: elapsedOf(settings),
    skein: settings.skein ?? sdk,
    passThrough: settings.passThrough ?? [],
    sync: settings.sync ?? false,
    printed: settings.printed ?? (() => undefined),
  });
}

function elapsedOf({ clock }: ExecutorSettings): () => number {
  return clock === undefined ? performance.now.bind(performance) : () => clock.elapsed();
}

function findWorkerEntry(): string {
  const candidates = WORKER_ENTRIES.map((entry) => join(import.meta.dirname, entry));
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Error(`no worker entry beside ${import.meta.dirname}`);
  return found;
}
