import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Impurity } from '@skein/model';
import { ImageFiles, installTracking } from '../src/index.ts';
import type { OutputSink, TrackingSettings } from '../src/index.ts';
import { Notes } from './observed.ts';
import type { Seen } from './observed.ts';

/** What an action did, and what was seen of it. */
export interface Acted {
  readonly seen: Seen;
  readonly value: unknown;
  readonly error: unknown;
}

/** A workspace of its own in which everything is tracked. */
export interface Tracked {
  readonly root: string;
  readonly settings: TrackingSettings;
  /** Writes files below the root. */
  write(files: Readonly<Record<string, string>>): void;
  path(...parts: string[]): string;
  /** Loads an ES module as a bundle: its code is the author's. */
  bundle(source: string): Readonly<Record<string, (...args: unknown[]) => unknown>>;
  /** Runs code as an action, with nothing of the test runner on its stack. */
  act(work: () => unknown): Promise<Acted>;
  close(): void;
}

export interface TrackedOptions {
  readonly strict?: boolean;
  readonly path?: string;
  readonly passThrough?: readonly string[];
  /** Takes the output that subprocesses of actions inherit. */
  readonly output?: OutputSink;
  /** It is a container of which the root alone is mounted. */
  readonly container?: { readonly network: boolean; readonly cpuLimited: boolean };
}

/** Refuses impurities as strict actions do. */
class StrictNotes extends Notes {
  override impure(impurity: Impurity): void {
    throw new Error(`${impurity.what} is not allowed, at ${impurity.at ?? 'nowhere'}`);
  }
}

export function openTracked({
  strict = false,
  path,
  passThrough = [],
  output,
  container,
}: TrackedOptions = {}): Tracked {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'skein-tracked-')));
  const state = join(root, '.skein');
  const scratch = join(state, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const watching = new AsyncLocalStorage<Notes>();
  const now = Date.now.bind(Date);
  const settings: TrackingSettings = {
    root,
    state,
    scratch,
    passThrough,
    path,
    watcher: () => watching.getStore(),
    place: (frame) => /([\w.-]+\.(?:test\.ts|mjs|cjs)):\d+/.exec(frame)?.[1],
    now,
    ...(container !== undefined && {
      container: { ...container, files: new ImageFiles([root], `${root}-temporary`) },
    }),
    ...(output !== undefined && {
      output: () => (watching.getStore() === undefined ? undefined : output),
    }),
  };
  const undo = installTracking(settings);
  let bundles = 0;
  return {
    root,
    settings,
    write: (files) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, name)), { recursive: true });
        writeFileSync(join(root, name), text);
      }
    },
    path: (...parts) => join(root, ...parts),
    bundle: (source) => {
      const folder = join(state, 'bundles', String((bundles += 1)));
      mkdirSync(folder, { recursive: true });
      const file = join(folder, 'bundle.mjs');
      writeFileSync(file, source);
      return createRequire(file)(file) as ReturnType<Tracked['bundle']>;
    },
    act: async (work) => {
      const notes = strict ? new StrictNotes() : new Notes();
      const { value, error } = await new Promise<Omit<Acted, 'seen'>>((resolve) => {
        watching.run(notes, () => setImmediate(() => void settle(work).then(resolve)));
      });
      return { seen: await notes.seen(), value, error };
    },
    close: () => {
      undo();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function settle(work: () => unknown): Promise<Omit<Acted, 'seen'>> {
  try {
    return { value: await work(), error: undefined };
  } catch (error) {
    return { value: undefined, error };
  }
}

/** `clock Date.now()`, for each impurity. */
export function impuritiesOf({ seen }: Acted): readonly string[] {
  return seen.impurities.map(({ kind, what }) => `${kind} ${what}`);
}

/** What code of Skein does while an action runs: this file is Skein's. */
export async function workOfSkein(): Promise<number> {
  const [{ randomBytes }, { promisify }] = await Promise.all([
    import('node:crypto'),
    import('node:util'),
  ]);
  const bytes = await promisify(randomBytes)(4);
  return Date.now() + Math.random() + process.pid + new Date().getTime() + bytes.length;
}
