import { DecodingError, digestHex, referencesIn, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ErrorOutcome, Impurity, Observation, ResultOutcome, Trace } from '@skein/model';

const IMPURITIES: ReadonlySet<string> = new Set<Impurity['kind']>([
  'clock',
  'randomness',
  'network',
  'subprocess',
  'module-state',
  'context',
  'open-call',
]);

/**
 * Why no execution can have left this trace; `undefined`: one can. A state's own traces are of our
 * writing; those of strangers are not, and what reads them later relies on more than their form.
 */
export function implausible(trace: Trace): string | undefined {
  const { task, run, action, at, durationMs, log, outcome } = trace;
  if (!isShort(task) || !isShort(run)) return 'its names';
  if (!isCount(action) || !isTime(at) || !isTime(durationMs)) return 'its numbers';
  if (log !== null && !(isCount(log.length) && log.length > 0)) return 'its log';
  if (!trace.impurities.every(isImpurity)) return 'its impurities';
  if (!trace.waves.every(areObservations)) return 'its observations';
  if (outcome.kind === 'error' ? !isError(outcome) : !isResult(outcome)) return 'its outcome';
  return undefined;
}

/** Whether these can have been observed, in a wave or in a log. */
export function areObservations(observations: readonly Observation[]): boolean {
  return observations.every(isObservation);
}

/** Beyond it nobody's identifiers and paths go. */
const SHORT = 64 * 1024;

function isShort(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= SHORT;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isTime(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function isImpurity({ kind, what, at }: Impurity): boolean {
  return IMPURITIES.has(kind) && isShort(what) && (at === undefined || isShort(at));
}

function isObservation(seen: Observation): boolean {
  switch (seen.kind) {
    case 'file':
    case 'listing':
    case 'stat':
      return typeof seen.path === 'string' && !seen.path.includes('\0');
    case 'variable':
      return isShort(seen.name);
    case 'module':
      return isShort(seen.specifier) && typeof seen.from === 'string';
    case 'call':
      return isShort(seen.task) && isCount(seen.count) && isEncoding(seen.override);
    case 'map': {
      const inputs = digestsOf(seen.inputs);
      const outcomes = digestsOf(seen.outcomes);
      if (inputs === undefined || inputs.length !== outcomes?.length) return false;
      return isShort(seen.task) && isCount(seen.concurrency) && isEncoding(seen.override);
    }
  }
}

function isResult({ value, artifact, files }: ResultOutcome): boolean {
  const packed = files === undefined ? [] : digestsOf(files);
  if (packed === undefined || (packed.length > 0 && artifact === undefined)) return false;
  if (value.at === 'artifact') return value.artifact === artifact;
  const named = filesIn(value.bytes);
  if (named === undefined) return false;
  const held = new Set(packed.map(digestHex));
  return named.every((file) => held.has(digestHex(file)));
}

/** Failures that are not the author's leave no trace (T4). */
function isError({ fault, bytes }: ErrorOutcome): boolean {
  return fault === 'author' && isEncoding(bytes);
}

function isEncoding(bytes: Uint8Array | undefined): boolean {
  return bytes === undefined || filesIn(bytes) !== undefined;
}

/** The files that an encoded value names, those in folders included; `undefined`: it is none. */
export function filesIn(bytes: Uint8Array): readonly Digest[] | undefined {
  try {
    return referencesIn(bytes).flatMap((one) => {
      if (one.kind === 'file') return [one.digest];
      return one.kind === 'dir' ? one.entries.map(({ digest }) => digest) : [];
    });
  } catch (error) {
    if (error instanceof DecodingError) return undefined;
    throw error;
  }
}

function digestsOf(packed: Uint8Array): readonly Digest[] | undefined {
  try {
    return unpackDigests(packed);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
