import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Impurity, PlainObservation, StatAspect } from '@skein/model';
import type { Digest } from '@skein/values';
import { installFileTracking, openWorld } from '../src/index.ts';
import type { StampTable, Watcher, World, WorldObservation } from '../src/index.ts';

/** What one action was seen to do. */
export interface Seen {
  readonly observations: readonly PlainObservation[];
  readonly throughs: readonly (string | null)[];
  readonly untraceable: readonly string[];
  /** Paths; `by` and `at` stand behind them in `writes`. */
  readonly wrote: readonly string[];
  readonly writes: readonly string[];
  readonly left: readonly string[];
  readonly impurities: readonly Impurity[];
}

/** A workspace on disk whose code is watched, action by action. */
export interface Workspace {
  readonly root: string;
  readonly state: string;
  readonly scratch: string;
  readonly path: (...parts: string[]) => string;
  /** Runs code as an action. */
  readonly watch: (action: () => unknown) => Promise<Seen>;
  readonly world: () => World;
  readonly close: () => void;
}

export interface WorkspaceOptions {
  readonly strict?: boolean;
  readonly now?: () => number;
  readonly passThrough?: readonly string[];
}

/** What a watcher is told, kept as it comes. */
export class Notes implements Watcher {
  keepsAll = false;
  readonly told: (PlainObservation | Promise<PlainObservation | null>)[] = [];
  readonly throughs: (string | null)[] = [];
  readonly untraceables: string[] = [];
  readonly written: string[] = [];
  readonly writes: string[] = [];
  /** What was made in scratch under a name that others could know. */
  readonly left: string[] = [];
  readonly impurities: Impurity[] = [];
  readonly #strict: boolean;

  constructor(strict = false) {
    this.#strict = strict;
  }

  observe(seen: PlainObservation | Promise<PlainObservation | null>, through: string | null): void {
    this.told.push(seen);
    this.throughs.push(through);
  }

  untraceable(why: string): void {
    this.untraceables.push(why);
  }

  wrote(path: string, by: string, at: string | undefined): void {
    this.written.push(path);
    this.writes.push(`${path} by ${by}, at ${at ?? 'nowhere'}`);
    if (this.#strict) throw new Error(`"${path}" was written by ${by} at ${at ?? 'nowhere'}`);
  }

  scratched(path: string, by: string, at: () => string | undefined): void {
    this.left.push(`${basename(path)} by ${by}, at ${at() ?? 'nowhere'}`);
  }

  impure(impurity: Impurity): void {
    this.impurities.push(impurity);
  }

  knows(kind: Impurity['kind'], what: string): boolean {
    return this.impurities.some((it) => it.kind === kind && it.what === what);
  }

  async seen(): Promise<Seen> {
    const observations: PlainObservation[] = [];
    // What is told late may be told while the promises are waited for.
    for (let index = 0; index < this.told.length; index++) {
      const seen = await this.told[index];
      if (seen !== null && seen !== undefined) observations.push(seen);
    }
    return {
      observations,
      throughs: this.throughs,
      untraceable: this.untraceables,
      wrote: this.written,
      writes: this.writes,
      left: this.left,
      impurities: this.impurities,
    };
  }
}

export function openWorkspace(options: WorkspaceOptions = {}): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'skein-tracking-')));
  const state = join(root, '.skein');
  const scratch = join(state, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const watching = new AsyncLocalStorage<Notes>();
  const now = options.now ?? Date.now;
  const close = installFileTracking({
    root,
    state,
    scratch,
    passThrough: options.passThrough ?? [],
    watcher: () => watching.getStore(),
    place: (frame) => /([\w.-]+\.test\.ts):\d+/.exec(frame)?.[1],
    now,
  });
  return {
    root,
    state,
    scratch,
    path: (...parts) => join(root, ...parts),
    watch: async (action) => {
      const notes = new Notes(options.strict);
      await watching.run(notes, () => onFreshStack(action));
      return await notes.seen();
    },
    world: () => openWorld({ root, state, stamps: noStamps(), now }),
    close: () => {
      close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Nothing of the test runner, which is a package too, is on the stack. */
function onFreshStack(action: () => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      const run = async (): Promise<unknown> => await action();
      // Functions of its own, lest the awaiting test count among the callers.
      run().then(
        (value) => resolve(value),
        (error: unknown) => reject(error),
      );
    });
  });
}

/** Remembers nothing. */
export function noStamps(): StampTable {
  return { read: () => undefined, write: () => undefined };
}

/** `file data.json`, `exists lib`: what was observed, without what it was. */
export function nameOf(seen: PlainObservation): string {
  switch (seen.kind) {
    case 'variable':
      return `variable ${seen.name}`;
    case 'module':
      return `module ${seen.specifier} from ${seen.from}`;
    case 'stat':
      return `${seen.aspect} ${seen.path}`;
    default:
      return `${seen.kind} ${seen.path}`;
  }
}

/** The names of what was observed, each once, in order. */
export function namesOf({ observations }: Seen): string[] {
  return [...new Set(observations.map(nameOf))];
}

/** What a world finds otherwise than it was observed. */
export async function changedIn(world: World, { observations }: Seen): Promise<string[]> {
  const changed: string[] = [];
  for (const seen of observations) {
    const now = await world.digestOf(seen as WorldObservation);
    if (now !== seen.digest) changed.push(nameOf(seen));
  }
  return [...new Set(changed)];
}

export type { Digest, StatAspect };
