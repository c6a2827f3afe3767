import { StoredFormError, mustRecord } from '@skein/model';
import type { Provenance } from '@skein/model';

const TEXTS = ['user', 'host', 'commit', 'ref', 'ci'] as const;
const TEXT_MAX = 1_024;
const WRITER = /^[0-9a-f]{64}$/;

/** What an entry tells of its making. Throws a `StoredFormError` where it is no such thing. */
export function readProvenance(stored: unknown): Provenance {
  const told = mustRecord(stored);
  const { writer, at } = told;
  if (writer !== undefined && (typeof writer !== 'string' || !WRITER.test(writer))) {
    throw new StoredFormError('no name of a writer');
  }
  if (typeof at !== 'number' || !Number.isFinite(at)) throw new StoredFormError('no time');
  const texts: Partial<Record<(typeof TEXTS)[number], string>> = {};
  for (const name of TEXTS) {
    if (told[name] !== undefined) texts[name] = shortText(told[name]);
  }
  return {
    ...(writer === undefined ? {} : { writer }),
    scope: shortText(told['scope']),
    skein: shortText(told['skein']),
    at,
    ...texts,
  };
}

/** Shown to people: no control characters, which could move a terminal's cursor. */
function shortText(value: unknown): string {
  if (typeof value !== 'string' || value.length > TEXT_MAX || /\p{Cc}/u.test(value)) {
    throw new StoredFormError('a short text was expected');
  }
  return value;
}
