import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes a folder with all in it, also what the author's programs took all rights from. What
 * somebody still writes to may stay: it goes with the folder around it, and no action fails of it.
 */
export async function removeFolder(folder: string): Promise<void> {
  if (await isRemoved(folder)) return;
  await openUp(folder);
  await isRemoved(folder);
}

async function isRemoved(folder: string): Promise<boolean> {
  try {
    await rm(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** Only folders: who may write to a folder may remove any file in it. */
async function openUp(folder: string): Promise<void> {
  try {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) await openUp(join(folder, entry.name));
    }
  } catch {
    // Somebody else's, or gone meanwhile.
  }
}
