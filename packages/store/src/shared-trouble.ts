import { WrongBytesError } from './intake.ts';
import { ObjectError } from './objects.ts';
import type { ObjectTrouble } from './objects.ts';
import { SharedStoreError } from './shared-store.ts';
import type { ShareTrouble } from './shared-store.ts';

const TROUBLES: Readonly<Record<ObjectTrouble, ShareTrouble>> = {
  unreachable: 'unreachable',
  timeout: 'timeout',
  aborted: 'timeout',
  full: 'full',
  forbidden: 'forbidden',
  body: 'refused',
  name: 'refused',
};

/** A trouble of the storage as the users of a shared store know it; any other error is a bug. */
export function sharedTrouble(error: unknown): unknown {
  if (!(error instanceof ObjectError)) return error;
  const options = { cause: error };
  if (error.cause instanceof WrongBytesError) {
    return new SharedStoreError('garbage', error.cause.message, options);
  }
  return new SharedStoreError(TROUBLES[error.trouble], error.message, options);
}

/** Whatever `work` rejects with is a `SharedStoreError`, or a bug. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw sharedTrouble(error);
  }
}

/** `told`, for what comes bit by bit. */
export async function* toldAll<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    throw sharedTrouble(error);
  }
}

export function isFullError(error: unknown): boolean {
  return error instanceof ObjectError && error.trouble === 'full';
}
