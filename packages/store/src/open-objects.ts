import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fail, succeed, systemCode } from '@skein/model';
import type { Clock, Failure, Randomness, Result } from '@skein/model';
import { DiskObjects } from './disk-objects.ts';
import type { ObjectStore } from './objects.ts';
import { parseS3 } from './s3-client.ts';
import { S3Objects } from './s3-objects.ts';

export interface ObjectsOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Where the variables of the AWS SDK are read: region, credentials, endpoint. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A folder that is not there is not made. */
  readonly isThere?: boolean;
  /** Of one request, and of a stream's silence. Default 30 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/**
 * `data` is a folder, which is made unless it has to be there, or `s3://bucket/prefix`, which is
 * not asked for yet. Fails with `server-data`.
 */
export async function openObjects(
  data: string,
  options: ObjectsOptions,
): Promise<Result<ObjectStore>> {
  const { clock, randomness, environment, isThere = false, timeoutMs = TIMEOUT_MS } = options;
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(data)) {
    const place = parseS3(data);
    if (place === undefined) return fail(dataFailure(data, 'it is not "s3://bucket/prefix"'));
    return succeed(new S3Objects(place, { clock, environment, timeoutMs }));
  }
  const folder = resolve(data);
  if (isThere && !existsSync(folder)) return fail(dataFailure(data, 'there is no such folder'));
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    if (systemCode(error) === undefined || !(error instanceof Error)) throw error;
    return fail(dataFailure(data, error.message));
  }
  return succeed(new DiskObjects(folder, { clock, randomness, timeoutMs }));
}

function dataFailure(data: string, cause: string): Failure {
  return {
    code: 'server-data',
    kind: 'environment',
    headline: 'the storage of a shared cache cannot be opened',
    facts: [
      ['data', `"${data}"`],
      ['cause', cause],
    ],
    hint: 'name a folder that can be written, or "s3://bucket/prefix"',
  };
}
