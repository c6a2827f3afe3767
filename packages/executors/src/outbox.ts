import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { digestSize } from '@skein/values';
import type { Digest } from '@skein/values';
import { FailureError, systemCode } from '@skein/model';

/*
 * Whoever runs in a container may put into its outbox what it likes, and change it at any moment.
 * B1  Nothing is opened but what the outbox itself holds under a plain name: no link is followed,
 *     and the folder is held open, so that no other comes into its place.
 * B2  What is opened is a regular file without other names, and nothing waits for a writer.
 * B3  What is kept is a copy made of the open file: its maker may still write to the original.
 */

const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_DIRECTORY } = constants;

/** A file in an outbox, held open. */
export interface Left {
  readonly file: FileHandle;
  readonly size: number;
  /** Names the open file itself, whatever becomes of its name. */
  readonly path: string;
}

/** Holds open what was left under a name, while `use` takes a copy of it. */
export async function withLeft<T>(
  outbox: string,
  { name, digest }: { readonly name: string; readonly digest: Digest },
  use: (left: Left) => Promise<T>,
): Promise<T> {
  if (!isPlain(name)) throw refusedLeft(name, 'it is no plain name');
  const file = await openWithin(outbox, name);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw refusedLeft(name, 'it is no regular file');
    if (stats.nlink > 1) throw refusedLeft(name, 'it has other names');
    if (stats.size !== digestSize(digest)) throw refusedLeft(name, 'it has another size');
    return await use({ file, size: stats.size, path: pathOf(file) });
  } finally {
    await file.close();
  }
}

async function openWithin(outbox: string, name: string): Promise<FileHandle> {
  try {
    const folder = await open(outbox, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      const within = process.platform === 'linux' ? pathOf(folder) : outbox;
      return await open(join(within, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } finally {
      await folder.close();
    }
  } catch (error) {
    throw refusedLeft(name, systemCode(error) ?? String(error));
  }
}

/** For whom names of open files are given by the system itself. */
function pathOf({ fd }: FileHandle): string {
  return process.platform === 'linux' ? `/proc/self/fd/${fd}` : `/dev/fd/${fd}`;
}

function isPlain(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(name);
}

/** What a worker left is not what it says. */
export function refusedLeft(name: string, reason: string): FailureError {
  return new FailureError({
    code: 'artifact-invalid',
    kind: 'environment',
    headline: 'what a worker left for its results cannot be taken in',
    facts: [
      ['name', JSON.stringify(name)],
      ['reason', reason],
    ],
    hint: 'a task has no business in the folder that Skein keeps in its scratch folder',
  });
}
