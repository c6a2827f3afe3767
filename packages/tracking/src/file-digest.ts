import type { BigIntStats } from 'node:fs';
import { createDigester, digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import { native, systemErrorCode } from './native-fs.ts';

/** Up to here a file is read and hashed at one go, in about the time of starting anything else. */
export const SMALL_BYTES = 1 << 17;
const CHUNK_BYTES = 1 << 20;

/** What no look at the disk ever gives: whoever depends on it executes. */
export const NEVER_AGAIN: Digest = digestOf('observation', 'not to be observed again');

/** What reading a folder as a file comes to. */
export const FOLDER_READ: Digest = digestOf('observation', 'EISDIR');

/** Something that is neither a file nor a folder: nobody can say what reading it gives. */
export const NO_FILE: Digest = digestOf('observation', 'neither a file nor a folder');

/**
 * What was observed where an operation failed: absence is `null`, all else is its code. That a
 * file stands where a folder should (`ENOTDIR`) is another error to the author than absence.
 */
export function digestOfError(error: unknown): Digest | null {
  const code = systemErrorCode(error);
  if (code === 'ENOENT') return null;
  return code === undefined ? NEVER_AGAIN : digestOf('observation', code);
}

/** The content of an open regular file, wherever it is read at; for small ones. */
export function hashDescriptorSync(descriptor: number, size: number): Digest {
  // One byte more shows whether it grew meanwhile; how much is then no matter.
  let bytes = Buffer.allocUnsafe(size + 1);
  let filled = 0;
  for (;;) {
    const count = native.readSync(descriptor, bytes, filled, bytes.length - filled, filled);
    if (count === 0) return digestOf('blob', bytes.subarray(0, filled));
    filled += count;
    if (filled === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
  }
}

/** The content of an open file, in chunks that leave other work its turn. */
export async function hashDescriptor(descriptor: number): Promise<Digest> {
  const digester = createDigester('blob');
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let position = 0;
  for (;;) {
    const count = await readAt(descriptor, chunk, position);
    if (count === 0) return digester.finish();
    digester.update(chunk.subarray(0, count));
    position += count;
  }
}

function readAt(descriptor: number, chunk: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    native.read(descriptor, chunk, 0, chunk.length, position, (error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}

/** Whether it is the same file, not written in between (C8, but for the clock's step). */
export function isSameFile(one: BigIntStats, other: BigIntStats): boolean {
  return (
    one.ino === other.ino &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs &&
    one.size === other.size &&
    one.dev === other.dev
  );
}
