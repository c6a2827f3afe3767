import type { Outcome, RecordedInput } from '@skein/model';
import { readThrown, type Thrown } from './thrown.ts';
import { shorten } from './value.ts';

/** Gives recorded bytes back as a value; not where they need code that is not at hand. */
export type ReadValue = (
  bytes: Uint8Array,
) => { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** What is known of a recorded value: itself, or only its digest. */
export type Recorded =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'digest'; readonly digest: string };

export function recordedInput(input: RecordedInput, read: ReadValue): Recorded {
  return recorded(input.digest, input.bytes, read);
}

/** Of a result. An error has no value: see `recordedError`. */
export function recordedResult(outcome: Outcome, read: ReadValue): Recorded | undefined {
  if (outcome.kind === 'error') return undefined;
  const { value } = outcome;
  return recorded(outcome.digest, value.at === 'inline' ? value.bytes : undefined, read);
}

export function recordedError(outcome: Outcome, read: ReadValue): Thrown | undefined {
  if (outcome.kind !== 'error') return undefined;
  const found = read(outcome.bytes);
  return found.ok ? readThrown(found.value, shorten) : { text: 'an error that cannot be read' };
}

export function describeRecorded(found: Recorded, width: number): string {
  return found.kind === 'value' ? shorten(found.value, width) : `#${found.digest.slice(0, 12)}`;
}

function recorded(digest: string, bytes: Uint8Array | undefined, read: ReadValue): Recorded {
  const found = bytes === undefined ? undefined : read(bytes);
  return found?.ok === true ? { kind: 'value', value: found.value } : { kind: 'digest', digest };
}
