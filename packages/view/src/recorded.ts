import type { Outcome, RecordedInput } from '@skein/model';
import { OMITTED, type Digest } from '@skein/values';
import { readThrown, type Thrown } from './thrown.ts';
import { shorten } from './value.ts';

/** Reads what is recorded. */
export interface Reader {
  /** A value of its bytes; not where that needs code that is not at hand. */
  readonly value: (
    bytes: Uint8Array,
  ) => { readonly ok: true; readonly value: unknown } | { readonly ok: false };
  /** The bytes of an input that its event does not hold, since they are kept elsewhere. */
  readonly bytes: (digest: Digest) => Uint8Array | undefined;
}

/** What is known of a recorded value: itself, that it was omitted (V5), or only its digest. */
export type Recorded =
  | { readonly kind: 'omitted' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'digest'; readonly digest: string };

export function recordedInput({ digest, bytes }: RecordedInput, read: Reader): Recorded {
  return recorded(digest, bytes ?? read.bytes(digest), read);
}

/** Of a result. An error has no value: see `recordedError`. */
export function recordedResult(outcome: Outcome, read: Reader): Recorded | undefined {
  if (outcome.kind === 'error') return undefined;
  const { value } = outcome;
  return recorded(outcome.digest, value.at === 'inline' ? value.bytes : undefined, read);
}

export function recordedError(outcome: Outcome, read: Reader): Thrown | undefined {
  if (outcome.kind !== 'error') return undefined;
  const found = read.value(outcome.bytes);
  return found.ok ? readThrown(found.value, shorten) : { text: 'an error that cannot be read' };
}

export function describeRecorded(found: Recorded, width: number): string {
  if (found.kind === 'omitted') return 'omitted';
  return found.kind === 'value' ? shorten(found.value, width) : `#${found.digest.slice(0, 12)}`;
}

function recorded(digest: Digest, bytes: Uint8Array | undefined, read: Reader): Recorded {
  if (digest === OMITTED) return { kind: 'omitted' };
  const found = bytes === undefined ? undefined : read.value(bytes);
  return found?.ok === true ? { kind: 'value', value: found.value } : { kind: 'digest', digest };
}
