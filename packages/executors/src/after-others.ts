import type { AttemptResult } from './executor.ts';

/**
 * Tells a result once everything is read that other processes said before it was made (O5): they
 * say that they write before they do, but who reads what was written may be heard first. What lies
 * in a socket by now is read in the next turn of the event loop at the latest.
 */
export function tellAfterOthers(result: AttemptResult, tell: () => void): void {
  if (result.kind === 'ended' && mayHaveRead(result)) afterReading(tell);
  else tell();
}

/** Once everything is read that lies in pipes and sockets by now, but for floods. */
export function afterReading(tell: () => void): void {
  setImmediate(() => setImmediate(tell));
}

function mayHaveRead({ log, waves }: Extract<AttemptResult, { kind: 'ended' }>): boolean {
  if (log !== null) return true;
  return waves.some((wave) =>
    wave.some(({ kind }) => kind !== 'call' && kind !== 'map' && kind !== 'variable'),
  );
}
