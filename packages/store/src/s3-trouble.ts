import { abortError } from './object-body.ts';
import { ObjectError } from './objects.ts';
import type { ObjectTrouble } from './objects.ts';

/** Status of an error of the AWS SDK; `undefined` where there was no answer. */
export function s3Status(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  if (!('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

export function isS3Absent(error: unknown): boolean {
  return s3Status(error) === 404 && error instanceof Error && error.name !== 'NoSuchBucket';
}

const FULL = new Set([
  'QuotaExceeded',
  'XMinioStorageFull',
  'InsufficientStorage',
  'SlowDownWrite',
]);
const FORBIDDEN = new Set([
  'AccessDenied',
  'CredentialsProviderError',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
]);
const LATE = new Set(['TimeoutError', 'RequestTimeout']);

/** An error of the AWS SDK, or of the network beneath, as an `ObjectError`. */
export function s3Trouble(error: unknown, place: string, signal?: AbortSignal): ObjectError {
  if (error instanceof ObjectError) return error;
  if (signal?.aborted === true) return abortError(signal);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ObjectError(troubleOf(error), `${place} does not answer as it should: ${text}`, {
    cause: error,
  });
}

function troubleOf(error: unknown): ObjectTrouble {
  const name = error instanceof Error ? error.name : '';
  const status = s3Status(error);
  if (FULL.has(name) || status === 507) return 'full';
  if (FORBIDDEN.has(name) || status === 401 || status === 403) return 'forbidden';
  return LATE.has(name) ? 'timeout' : 'unreachable';
}
