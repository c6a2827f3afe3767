import { existsSync } from 'node:fs';
import type { CheckpointCall, Impurity, Observed, PlainObservation } from '@skein/model';
import type { Watcher } from '@skein/tracking';
import { ourselves } from './attribution.ts';
import type { Owner } from './attribution.ts';
import { joinImpurities } from './process-log.ts';
import { whyLeft, whyUntraced } from './refusal.ts';
import type { LeftBehind } from './refusal.ts';
import type { Services } from './services.ts';
import { WaveRecorder } from './waves.ts';

/** A watcher that also takes what was observed at another time, as if it were observed now. */
export interface Inheritor extends Watcher {
  inherit(observed: Observed): void;
}

export interface BodySettings {
  readonly call: CheckpointCall;
  /** The action whose code it is, also where a checkpoint calls another. */
  readonly action: Owner;
  /** The watcher of whoever calls it. */
  readonly outer: Inheritor;
  readonly services: Pick<Services, 'log'>;
  /** The action's own scratch folder, once it has one. */
  readonly ownScratch: () => string | undefined;
}

/**
 * A checkpoint while its function runs. What it touches is its action's as ever, and is noted
 * beside, for an attempt that is answered from the record touches nothing (P1).
 */
export class CheckpointBody implements Owner {
  readonly call: CheckpointCall;
  readonly action: Owner;
  readonly watcher: BodyWatcher;
  readonly #settings: BodySettings;

  constructor(settings: BodySettings) {
    this.#settings = settings;
    this.call = settings.call;
    this.action = settings.action;
    this.watcher = new BodyWatcher(settings.outer);
  }

  /** Everything it observed, once that is known; from here it is told no more. */
  async observed(): Promise<Observed> {
    const { log } = this.#settings.services;
    const { recorder } = this.watcher;
    this.watcher.end();
    const left = this.#left();
    if (left !== undefined) recorder.untraceable(whyLeft(left));
    const [recorded, prefix] = await Promise.all([recorder.finish(), log.prefix()]);
    const untraceable = recorded.untraceable ?? log.lacking(recorder.logs) ?? log.untraceable;
    return {
      waves: recorded.waves,
      log: prefix,
      impurities: joinImpurities(recorded.impurities, log.impurities),
      ...(untraceable !== undefined && { untraceable }),
    };
  }

  /** The function failed: nothing is recorded of it. */
  end(): void {
    this.watcher.end();
  }

  #left(): LeftBehind | undefined {
    const own = this.#settings.ownScratch();
    return [...this.watcher.left].find(({ path }) => {
      const isOwn = own !== undefined && path.startsWith(`${own}/`);
      return !isOwn && ourselves(() => existsSync(path));
    });
  }
}

/** Notes what a checkpoint touches, and tells it to the watcher of its caller. */
export class BodyWatcher implements Inheritor {
  readonly recorder = new WaveRecorder();
  readonly #outer: Inheritor;
  #left: LeftBehind[] | undefined;
  #ended = false;

  constructor(outer: Inheritor) {
    this.#outer = outer;
  }

  get keepsAll(): boolean {
    return this.#outer.keepsAll;
  }

  get left(): Iterable<LeftBehind> {
    return this.#left ?? [];
  }

  end(): void {
    this.#ended = true;
  }

  observe(seen: PlainObservation | Promise<PlainObservation | null>, through: string | null): void {
    if (!this.#ended) this.recorder.observe(seen);
    this.#outer.observe(seen, through);
  }

  untraceable(why: string): void {
    if (!this.#ended) this.recorder.untraceable(why);
    this.#outer.untraceable(why);
  }

  wrote(path: string, by: string, at: string | undefined): void {
    if (!this.#ended) this.recorder.untraceable(whyUntraced({ path, by, at }));
    this.#outer.wrote(path, by, at);
  }

  scratched(path: string, by: string, at: () => string | undefined): void {
    if (!this.#ended) {
      this.#left ??= [];
      this.#left.push({ path, by, at });
    }
    this.#outer.scratched(path, by, at);
  }

  impure(impurity: Impurity): void {
    if (!this.#ended) this.recorder.impure(impurity);
    this.#outer.impure(impurity);
  }

  knows(kind: Impurity['kind'], what: string): boolean {
    const isNoted = this.#ended || this.recorder.knows(kind, what);
    return isNoted && this.#outer.knows(kind, what);
  }

  inherit(observed: Observed): void {
    if (!this.#ended) this.recorder.inherit(observed);
    this.#outer.inherit(observed);
  }
}
