import type { Printed } from '@skein/engine';
import { type Executor, type ExecutorSettings, createInline, createPool } from '@skein/executors';
import type { Failure, ImageRequest, TaskOptions } from '@skein/model';
import type { Config } from './config.ts';
import { type ExecutorChoice, imageFor } from './image-for.ts';
import { LateExecutor } from './late-executor.ts';
import type { Opened } from './opened.ts';

/** The executors of one run, made on first use. */
export interface Executors {
  /** The one that loads the bundle to report its tasks: what a table says no image changes. */
  readonly first: Executor;
  for(options: TaskOptions): Executor;
  /** The image that a task with these options runs in; `undefined`: on this machine. */
  readonly imageFor: (options: TaskOptions) => ImageRequest | undefined;
  /**
   * Told of all that may run: where some of it does in containers, the engine is looked for as soon
   * as anything executes, not only when the first of them does.
   */
  expect(tasks: Iterable<{ readonly options: TaskOptions }>): void;
  onWarning(warn: (warning: Failure) => void): void;
  /** Told that something has to execute where nothing can: without an engine for containers. */
  onFailure(failed: (failure: Failure) => void): void;
  /** Told what processes print that belongs to no single action, also what they did till now. */
  onPrinted(tell: Printed): void;
  close(): Promise<void>;
}

type ExecutorsConfig = Pick<Config, 'passThrough' | 'durability' | 'container'>;

/** `wanted`: what the command asks for; absent: where the options say. */
export function makeExecutors(
  opened: Opened,
  wanted: ExecutorChoice | undefined,
  { passThrough, durability, container }: ExecutorsConfig,
): Executors {
  let warn = opened.warn;
  const early: Parameters<Printed>[] = [];
  let printed: Printed = (...text) => void early.push(text);
  let failed: (failure: Failure) => void = () => undefined;
  const settings: ExecutorSettings = {
    state: opened.state.path,
    invisible: opened.copiedFrom ?? opened.state.path,
    environment: opened.environment,
    clock: opened.clock,
    passThrough,
    sync: durability === 'power',
    warn: (warning: Failure) => warn(warning),
    printed: (...text: Parameters<Printed>) => printed(...text),
    ...(opened.skein === undefined ? {} : { skein: opened.skein }),
  };
  const made = new Map<ExecutorChoice, Executor>();
  const makers: Readonly<Record<ExecutorChoice, () => Executor>> = {
    pool: () => createPool(settings),
    inline: () => createInline(settings),
    container: () => containers,
  };
  const containers = lateContainers(settings, {
    config: container,
    pulling: (line) => printed('image', 'stderr', `${line}\n`),
    failed: (failure) => failed(failure),
  });
  let isExpected = false;
  const use = (choice: ExecutorChoice): Executor => {
    const executor = made.get(choice) ?? makers[choice]();
    made.set(choice, executor);
    return executor;
  };
  const imageOf = imageFor(wanted, container?.image);
  return {
    get first() {
      return use(wanted === 'inline' ? 'inline' : 'pool');
    },
    for: (options) => {
      if (isExpected) containers.prepare();
      isExpected = false;
      if (wanted === 'inline' || options.isolation === 'inline') return use('inline');
      return use(imageOf(options) === undefined ? 'pool' : 'container');
    },
    imageFor: imageOf,
    expect: (tasks) => {
      isExpected = Array.from(tasks).some(({ options }) => imageOf(options) !== undefined);
    },
    onWarning: (to) => {
      warn = to;
    },
    onFailure: (to) => {
      failed = to;
    },
    onPrinted: (tell) => {
      printed = tell;
      for (const text of early.splice(0)) tell(...text);
    },
    close: async () => {
      const all = new Set([...made.values(), containers]);
      await Promise.all(Array.from(all, (executor) => executor.close()));
    },
  };
}

interface ContainersWiring {
  readonly config: Config['container'];
  readonly pulling: (line: string) => void;
  readonly failed: (failure: Failure) => void;
}

/** Nothing of it is loaded, and no engine looked for, before something executes in a container. */
function lateContainers(
  settings: ExecutorSettings,
  { config, pulling, failed }: ContainersWiring,
): LateExecutor {
  return new LateExecutor({
    name: 'container',
    open: async () => {
      const { openContainers } = await import('./open-containers.ts');
      return await openContainers({ ...settings, pulling }, config);
    },
    failed,
    warn: settings.warn,
  });
}
