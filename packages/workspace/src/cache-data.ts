import { resolve } from 'node:path';
import type { Clock, Result } from '@skein/model';
import { succeed } from '@skein/model';
import { type Depot, openDepot, openObjects } from '@skein/store';
import { systemRandomness } from './system.ts';

/** Where shared results are kept, for whoever works on them directly. */
export interface CacheDataRequest {
  /** A folder, or `s3://bucket/prefix`. */
  readonly data: string;
  /** What a relative folder begins at. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Entries without a signature are taken in: a bucket without a server. */
  readonly unsigned?: boolean;
  /** A folder that is not there is not made: whoever looks at it mistyped it. */
  readonly isThere?: boolean;
  readonly timeoutMs?: number;
}

/** The place as the stores name it. */
export function dataPlace({ data, cwd }: Pick<CacheDataRequest, 'data' | 'cwd'>): string {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(data) ? data : resolve(cwd, data);
}

/** Opens the data of a cache server, with all rights. Fails with `server-data`. */
export async function openCacheData(request: CacheDataRequest): Promise<Result<Depot>> {
  const { environment, clock, unsigned = false, isThere = false, timeoutMs } = request;
  const randomness = systemRandomness;
  const objects = await openObjects(dataPlace(request), {
    clock,
    randomness,
    environment,
    isThere,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  if (!objects.ok) return objects;
  return succeed(openDepot(objects.value, { clock, randomness, unsigned }));
}
