import { fail, succeed, type Result } from '@skein/model';
import { parseDuration } from '@skein/sdk';
import { optionText, type Parsed } from './parse.ts';
import { flagValue } from './usage.ts';

/** ISO 8601, to the day at least. */
const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const DAY_LENGTH = 10;

/**
 * A moment that an option names: so long before `now`, or a time of ISO 8601, in UTC where it has
 * no zone; ms since 1970. Fails with `flag-value`.
 */
export function optionTime(parsed: Parsed, name: string, now: number): Result<number | undefined> {
  const text = optionText(parsed, name);
  if (text === undefined) return succeed(undefined);
  const ago = parseDuration(text);
  if (ago !== undefined) return succeed(now - ago);
  const at = readTime(text);
  if (at !== undefined) return succeed(at);
  const wanted = 'a duration such as 2h or 7d, or a time such as 2026-11-24 or 2026-11-24T09:00Z';
  return fail(flagValue(name, { given: `"${text}"`, wanted }));
}

function readTime(text: string): number | undefined {
  const [whole, zone] = TIME.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const local = whole.length > DAY_LENGTH && zone === undefined;
  const at = Date.parse(local ? `${whole.replace(' ', 'T')}Z` : whole.replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : at;
}
