import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '@skein/model';

export const READ_ONLY = 0o444;

/** Where it stays, it is litter. */
export function unlinkSoftly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

export function writeSmall(path: string, bytes: Uint8Array): void {
  const descriptor = openSync(path, 'wx', READ_ONLY);
  try {
    let written = 0;
    while (written < bytes.byteLength) written += writeSync(descriptor, bytes, written);
  } finally {
    closeSync(descriptor);
  }
}

/** Reading is no use of an object: who checks everything would keep everything. */
const QUIETLY = constants.O_RDONLY | (constants.O_NOATIME ?? 0);

/** Only the owner of a file may read it like that. */
export async function openQuietly(path: string): Promise<Handle> {
  try {
    return await open(path, QUIETLY);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') throw error;
    return open(path, 'r');
  }
}

export function openSyncQuietly(path: string): number {
  try {
    return openSync(path, QUIETLY);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') throw error;
    return openSync(path, 'r');
  }
}

export type Handle = Awaited<ReturnType<typeof open>>;

export async function writeAll(handle: Handle, piece: Uint8Array): Promise<void> {
  let written = 0;
  while (written < piece.byteLength) {
    written += (await handle.write(piece, written)).bytesWritten;
  }
}

/** The folder that holds the name, and those above it that may be new. */
export async function syncFolders(root: string, folder: string): Promise<void> {
  for (let at = folder; at.length >= root.length; at = dirname(at)) {
    const handle = await open(at, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (at === dirname(at)) return;
  }
}
