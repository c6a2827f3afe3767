import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../support/sandbox.ts';
import type { Draw } from './draw.ts';

/** What befalls a state directory between two commands. */
export interface Damage {
  readonly name: string;
  /** Calls that may be executed again after it, as a regular expression of their names. */
  readonly forgets: string;
  readonly apply: (state: string, draw: Draw) => Promise<void>;
}

const NOTHING = '^$';
const EVERYTHING = '.';
/** Their results are files, or lie in files. */
const WITH_FILES = ':(?:render|large|shelf)';

const database = (state: string, suffix = ''): string => join(state, 'v1', `state.db${suffix}`);

function lost(name: string, forgets: string, path: (state: string) => string): Damage {
  const apply = async (state: string): Promise<void> => {
    await rm(path(state), { recursive: true, force: true });
  };
  return { name: `${name} lost`, forgets, apply };
}

function cut(name: string, path: (state: string) => string): Damage {
  const apply = async (state: string, draw: Draw): Promise<void> => {
    if (!existsSync(path(state))) return;
    const { size } = await stat(path(state));
    await truncate(path(state), Math.floor(size * draw.next()));
  };
  return { name: `${name} cut short`, forgets: EVERYTHING, apply };
}

/** A few bytes in the middle of a file are others than they were. */
function flipped(name: string, path: (state: string) => string): Damage {
  const apply = async (state: string, draw: Draw): Promise<void> => {
    if (!existsSync(path(state))) return;
    const { size } = await stat(path(state));
    await flip(path(state), Math.floor((size - 1) * draw.next()));
  };
  return { name: `${name} flipped`, forgets: EVERYTHING, apply };
}

async function flip(path: string, at: number): Promise<void> {
  await using handle = await open(path, 'r+');
  const bytes = Buffer.alloc(16);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
  for (let index = 0; index < bytesRead; index += 1) bytes[index] = (bytes[index] ?? 0) ^ 0x5a;
  await handle.write(bytes, 0, bytesRead, at);
}

/** Every file of a folder is cut to half its length. */
function halved(name: string, forgets: string, folder: string): Damage {
  const apply = async (state: string): Promise<void> => {
    const root = join(state, folder);
    if (!existsSync(root)) return;
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      await truncate(path, Math.floor((await stat(path)).size / 2));
    }
  };
  return { name: `${name} cut to half`, forgets, apply };
}

const golden = join(repository, 'packages', 'journal', 'golden', 'state-v1.db');

/** No damage: the state of an earlier version of Skein. */
export const EARLIER_FORMAT: Damage = {
  name: 'the database of an earlier version',
  forgets: EVERYTHING,
  apply: async (state) => {
    await rm(join(state, 'v1'), { recursive: true, force: true });
    await mkdir(join(state, 'v1'), { recursive: true });
    await copyFile(golden, database(state));
  },
};

export const DAMAGES: readonly [Damage, ...Damage[]] = [
  lost('the whole state', EVERYTHING, (state) => state),
  lost('the database', EVERYTHING, (state) => database(state)),
  lost('the write-ahead log', EVERYTHING, (state) => database(state, '-wal')),
  lost('its index', NOTHING, (state) => database(state, '-shm')),
  cut('the write-ahead log', (state) => database(state, '-wal')),
  flipped('the write-ahead log', (state) => database(state, '-wal')),
  cut('the database', (state) => database(state)),
  flipped('the database', (state) => database(state)),
  lost('blobs', WITH_FILES, (state) => join(state, 'blobs')),
  halved('blobs', WITH_FILES, 'blobs'),
  lost('loose files', NOTHING, (state) => join(state, 'files')),
  halved('loose files', NOTHING, 'files'),
  lost('bundles', NOTHING, (state) => join(state, 'bundles')),
  halved('bundles', NOTHING, 'bundles'),
  lost('what analysis kept', NOTHING, (state) => join(state, 'analysis')),
  halved('what analysis kept', NOTHING, 'analysis'),
  lost('the compile cache', NOTHING, (state) => join(state, 'compile-cache')),
  lost('temporary files', NOTHING, (state) => join(state, 'tmp')),
];

export function damageNamed(name: string): Damage {
  const found = DAMAGES.find((damage) => damage.name === name);
  if (found === undefined) throw new Error(`no damage is called "${name}"`);
  return found;
}
