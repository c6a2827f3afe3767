import type { BigIntStats } from 'node:fs';
import { statSync } from 'node:fs';

/** Stats of a file, or `undefined` where there is none. */
export function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
