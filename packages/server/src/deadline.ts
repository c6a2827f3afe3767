import { SharedStoreError } from '@skein/store';

export interface Deadline {
  readonly ms: number;
  /** Gives up earlier: the client is gone. */
  readonly signal: AbortSignal;
}

/**
 * Does something with the storage, which is given so long for it. What does not obey its signal
 * goes on by itself; nobody waits for it.
 */
export async function within<T>(
  { ms, signal }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const giveUp = new AbortController();
  const late = Promise.withResolvers<never>();
  const stop = (error: SharedStoreError): void => {
    late.reject(error);
    giveUp.abort(error);
  };
  const left = (): void => stop(new SharedStoreError('unreachable', 'the client is gone'));
  const timer = setTimeout(() => stop(tooLate(ms)), ms);
  signal.addEventListener('abort', left, { once: true });
  if (signal.aborted) left();
  try {
    return await Promise.race([work(giveUp.signal), late.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', left);
  }
}

function tooLate(ms: number): SharedStoreError {
  return new SharedStoreError('timeout', `the storage did not answer within ${ms / 1_000} s`);
}
