import { Dir } from 'node:fs';
import type { Dirent } from 'node:fs';
import { wantedEncoding } from './encoding.ts';
import type { Around, Watch } from './forms.ts';
import { native } from './native-fs.ts';
import { isSet, tellListing } from './watch-listing.ts';
import { tellTree } from './tell-tree.ts';

type Read = (error: Error | null, entry: Dirent | null) => void;

/**
 * `opendir`: what the author gets is read when the folder is opened, and handed over in an order
 * that is the same everywhere. So it is exactly what was observed, however far he reads.
 */
export const watchOpendir: Watch = (access, [path, options]) => {
  const found = access.folder(path);
  const encoding = wantedEncoding(options);
  if (found === undefined || encoding === undefined) return undefined;
  const recursive = isSet(options, 'recursive');
  const around: Around = {
    done: (result) => {
      const listed = { encoding, withFileTypes: true, recursive };
      const entries = native.readdirSync((result as Dir).path, listed as { withFileTypes: true });
      const visible = recursive
        ? tellTree(access, found, { result: entries, options: listed })
        : tellListing(access, found, { entries, options: listed });
      return readingFrom(result as Dir, visible as readonly Dirent[]);
    },
    failed: (error) => access.failed(found, 'listing', error),
  };
  return around;
};

/** The folder as it was opened, with other entries. */
function readingFrom(dir: Dir, entries: readonly Dirent[]): Dir {
  const call = (name: 'read' | 'close' | 'closeSync' | 'readSync', args: unknown[]): unknown =>
    Reflect.apply(Dir.prototype[name], dir, args);
  let next = 0;
  let isClosed = false;
  const take = (): Dirent | null => entries[next++] ?? null;
  async function* all(): AsyncGenerator<Dirent> {
    try {
      for (let entry = await dir.read(); entry !== null; entry = await dir.read()) yield entry;
    } finally {
      await dir.close();
    }
  }
  const own = {
    read(...args: [] | [Read]) {
      // A closed folder refuses in its own words.
      if (isClosed) return call('read', args);
      const entry = take();
      const [callback] = args;
      if (callback === undefined) return Promise.resolve(entry);
      process.nextTick(callback, null, entry);
      return undefined;
    },
    readSync: () => (isClosed ? call('readSync', []) : take()),
    close(...args: unknown[]) {
      isClosed = true;
      return call('close', args);
    },
    closeSync() {
      isClosed = true;
      call('closeSync', []);
    },
    entries: all,
    [Symbol.asyncIterator]: all,
  };
  for (const name of Reflect.ownKeys(own)) {
    const value: unknown = Reflect.get(own, name);
    Object.defineProperty(dir, name, { value, configurable: true, writable: true });
  }
  return dir;
}
