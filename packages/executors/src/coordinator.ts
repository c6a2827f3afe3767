import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FileHost } from '@skein/sdk';
import { currentOwner, runAs } from './attribution.ts';
import { consoleOver } from './console-capture.ts';
import type { LogSink } from './console-capture.ts';
import type { AttemptResult, BundleLocation } from './executor.ts';
import type { SdkModule } from './module-hooks.ts';
import { occupyProcess } from './occupation.ts';
import { OutsideWatcher } from './outside-watcher.ts';
import { ProcessLog } from './process-log.ts';
import type { LogListener } from './process-log.ts';
import { sourceFolders } from './thrown.ts';
import type { VariableView } from './variables.ts';

/** Taken before actions are kept from it: one may be the caller of another that begins here. */
const changeFolder = process.chdir.bind(process);

/** What a worker formats numbers and dates by: that of `LC_ALL=C.UTF-8`. */
const WORKER_LOCALE = 'en-US';

interface Stay {
  readonly leave: () => void;
  guests: number;
}

/** The process is one, however many inline executors are open in it. */
let stay: Stay | undefined;
let loading: VariableView | undefined;
/** Of the bundles that were entered, the longest first: one may lie in the other. */
let sources: readonly string[] = [];
/** Whatever is loaded into the process, and by which executor. */
const log = new ProcessLog({ history: true });

export interface CoordinatorSettings {
  readonly skein: SdkModule;
  readonly files: FileHost;
  /** Absolute state directory. */
  readonly state: string;
  /** Absolute folder that actions cannot see (O2). */
  readonly invisible: string;
  readonly passThrough: readonly string[];
  /** The command's `PATH`. */
  readonly path: string | undefined;
  /** Code of no action is about to write this path. */
  readonly wrote: (path: string) => void;
  /** What is printed while modules are evaluated: the command's own output may be data. */
  readonly printed: LogSink['write'];
}

/** The coordinator's own process as a place where actions run. */
export class Coordinator {
  /** Of the process: modules are evaluated once, for all executors in it. */
  readonly log: ProcessLog = log;
  readonly listener: LogListener = log.listen();
  readonly #settings: CoordinatorSettings;
  readonly #outside: OutsideWatcher;
  readonly #sink: LogSink;
  readonly #locale = new Intl.NumberFormat().resolvedOptions().locale;
  #entered = false;

  constructor(settings: CoordinatorSettings) {
    this.#settings = settings;
    const { printed } = settings;
    this.#sink = { write: printed, console: consoleOver(printed) };
    this.#outside = new OutsideWatcher({ log, wrote: settings.wrote });
  }

  enter(bundle: BundleLocation): void {
    if (!this.#entered) {
      this.#entered = true;
      stay ??= this.#begin(bundle);
      stay.guests += 1;
    }
    const folders = new Set([...sources, ...sourceFolders(bundle)]);
    sources = [...folders].sort((a, b) => b.length - a.length);
    if (existsSync(bundle.cwd)) changeFolder(bundle.cwd);
  }

  /** What a module does while it is evaluated, it does in the made environment (O6). */
  async loadIn<T>(variables: VariableView, load: () => Promise<T>): Promise<T> {
    loading = variables;
    try {
      return await runAs(this.#outside, load);
    } finally {
      loading = undefined;
    }
  }

  leave(): void {
    if (!this.#entered || stay === undefined) return;
    this.#entered = false;
    stay.guests -= 1;
    if (stay.guests > 0) return;
    stay.leave();
    stay = undefined;
  }

  /** Node reads its locale when it starts: in another one results are not those of a worker. */
  qualify(result: AttemptResult): AttemptResult {
    if (result.kind !== 'ended' || result.untraceable !== undefined) return result;
    if (this.#locale === WORKER_LOCALE) return result;
    const untraceable = `it ran inline, in the locale ${this.#locale} of the command`;
    return { ...result, untraceable };
  }

  #begin(bundle: BundleLocation): Stay {
    const { TZ: zone } = process.env;
    const folder = process.cwd();
    const { skein, files, state, invisible, path, passThrough } = this.#settings;
    const scratch = join(state, 'scratch');
    process.env['TZ'] = 'UTC';
    const giveBack = occupyProcess({
      skein,
      files,
      variables: () => loading,
      // It may be the command's own.
      stranger: undefined,
      sources: () => sources,
      tracking: { root: bundle.root, state: invisible, scratch, path, passThrough },
      printed: () => (currentOwner() === this.#outside ? this.#sink : undefined),
      stray: (error) => {
        giveBack();
        setImmediate(() => {
          throw error;
        });
      },
      whole: false,
    });
    const leave = (): void => {
      giveBack();
      changeFolder(folder);
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    };
    return { leave, guests: 0 };
  }
}
