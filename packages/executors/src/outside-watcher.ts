import type { Impurity, PlainObservation } from '@skein/model';
import type { Watcher } from '@skein/tracking';
import type { Owner } from './attribution.ts';
import type { ProcessLog } from './process-log.ts';
import { whyUntraced } from './refusal.ts';

/** So often the line of the same impurity is looked for. */
const MAX_LINES = 100;

/** Unlike `package x`. */
const AUTHORS_LINE = /:\d+:\d+$/;

export interface OutsideSettings {
  readonly log: ProcessLog;
  /** A path is about to be written by code of no action. */
  readonly wrote: (path: string) => void;
}

/**
 * Code that belongs to no action: modules while they are loaded, and the timers they set. Every
 * action of the process may use what it saw, so it goes to the log.
 */
export class OutsideWatcher implements Watcher, Owner {
  readonly keepsAll = true;
  readonly #settings: OutsideSettings;
  readonly #asked = new Map<string, number>();
  #isLoading = true;

  constructor(settings: OutsideSettings) {
    this.#settings = settings;
  }

  get watcher(): Watcher {
    return this;
  }

  /** From here modules are loaded: assigning is no longer setting up. */
  loaded(): void {
    this.#isLoading = false;
  }

  observe(seen: PlainObservation | Promise<PlainObservation | null>): void {
    this.#settings.log.observe(seen);
  }

  untraceable(why: string): void {
    this.#settings.log.spoil(why);
  }

  wrote(path: string, by: string, at: string | undefined): void {
    const { log, wrote } = this.#settings;
    log.spoil(whyUntraced({ path, by, at }));
    wrote(path);
  }

  /** It lasts as long as the process, as all that modules set up. */
  scratched(): void {}

  /** Packages look at the clock while they are loaded; what authors do is what is shown. */
  impure(impurity: Impurity): void {
    if (!AUTHORS_LINE.test(impurity.at ?? '')) return;
    if (impurity.kind === 'module-state' && this.#isLoading) return;
    this.#settings.log.impureOutside(impurity);
  }

  /** The lines of many places are asked for, but not of a timer's for ever. */
  knows(kind: Impurity['kind'], what: string): boolean {
    const name = `${kind} ${what}`;
    const asked = this.#asked.get(name) ?? 0;
    this.#asked.set(name, asked + 1);
    return asked >= MAX_LINES;
  }
}
