import { CancelledError, TimeoutError } from '@skein/sdk';

/** What an action's signal aborts with, and its open calls reject with. */
export function stopError(reason: 'timeout' | 'cancelled'): Error {
  return reason === 'timeout'
    ? new TimeoutError('run')
    : new CancelledError('the action was cancelled');
}
