import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Opened } from './opened.ts';

/** In the scratch folder of an executor that started containers, until it ended in order. */
const MARK = 'containers';

/**
 * Removes the containers that a command left which was killed, and says so. What does it is loaded
 * only where there may be one.
 */
export async function sweepLeftovers({
  state: { path },
  copiedFrom,
  environment,
  warn,
}: Pick<Opened, 'state' | 'copiedFrom' | 'environment' | 'warn'>): Promise<void> {
  const own = copiedFrom ?? path;
  // Copies that runs worked in which nobody records are below it.
  const copies = (await namesIn(join(own, 'tmp'))).map((name) => join(own, 'tmp', name));
  for (const state of [own, ...copies]) {
    const scratch = join(state, 'scratch');
    const names = await namesIn(scratch);
    if (!names.some((name) => existsSync(join(scratch, name, MARK)))) continue;
    const { sweepContainers } = await import('@skein/container');
    await sweepContainers({ state, environment, warn });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}
