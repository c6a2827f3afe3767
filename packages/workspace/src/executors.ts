import type { Printed } from '@skein/engine';
import { type Executor, createInline, createPool } from '@skein/executors';
import type { Failure, TaskOptions } from '@skein/model';
import type { Config } from './config.ts';
import type { Opened } from './opened.ts';

/** The executors of one run, made on first use. */
export interface Executors {
  /** The one that loads the bundle to report its tasks. */
  readonly first: Executor;
  for(options: TaskOptions): Executor;
  onWarning(warn: (warning: Failure) => void): void;
  /** Told what processes print that belongs to no single action, also what they did till now. */
  onPrinted(tell: Printed): void;
  close(): Promise<void>;
}

/** `wanted`: what the command asks for. A task's own `inline` is honoured by either. */
export function makeExecutors(
  opened: Opened,
  wanted: 'pool' | 'inline',
  { passThrough, durability }: Pick<Config, 'passThrough' | 'durability'>,
): Executors {
  let warn = opened.warn;
  const early: Parameters<Printed>[] = [];
  let printed: Printed = (...text) => void early.push(text);
  const settings = {
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
  let pool: Executor | undefined;
  let inline: Executor | undefined;
  const usePool = (): Executor => (pool ??= createPool(settings));
  const useInline = (): Executor => (inline ??= createInline(settings));
  return {
    get first() {
      return wanted === 'inline' ? useInline() : usePool();
    },
    for: (options) =>
      wanted === 'inline' || options.isolation === 'inline' ? useInline() : usePool(),
    onWarning: (to) => {
      warn = to;
    },
    onPrinted: (tell) => {
      printed = tell;
      for (const text of early.splice(0)) tell(...text);
    },
    close: async () => {
      await Promise.all([pool?.close(), inline?.close()]);
    },
  };
}
