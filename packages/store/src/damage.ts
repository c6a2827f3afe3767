import type { Failure } from '@skein/model';

/** The one line that tells of misses by damage. */
export function damageFailure(what: string, path: string): Failure {
  return {
    code: 'state-corrupt',
    kind: 'warning',
    headline: 'some of what earlier runs left cannot be read and counts as unknown',
    facts: [
      ['path', path],
      ['cause', what],
    ],
  };
}
