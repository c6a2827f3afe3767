import { FailureError } from '@skein/model';

/** An error of the operating system as a failure; anything else is a bug and stays what it is. */
export function writeFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return new FailureError({
    code: full ? 'disk-full' : 'state-unwritable',
    kind: 'environment',
    headline: full ? 'no room is left for the state' : 'the state directory cannot be written',
    facts: [
      ['path', path],
      ['cause', error.message],
    ],
    hint: full
      ? 'free some room, or put the state elsewhere with SKEIN_STATE'
      : 'make it writable, or put the state elsewhere with SKEIN_STATE',
  });
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
