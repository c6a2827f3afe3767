import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** In the scratch folder of a pool: it started containers, with the engine of this path. */
const MARK = 'containers';

/** Before the first container starts: from then on some may be left. */
export function markContainers(pool: string, engine: string): void {
  writeFileSync(join(pool, MARK), engine);
}

/** The engine that a pool started containers with; `undefined`: it started none. */
export function engineMarkedIn(pool: string): string | undefined {
  const path = join(pool, MARK);
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

export async function unmarkContainers(pool: string): Promise<void> {
  await rm(join(pool, MARK), { force: true });
}
