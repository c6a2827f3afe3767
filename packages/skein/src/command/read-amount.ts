import { fail, succeed, type Result } from '@skein/model';
import { parseDuration, parseSize } from '@skein/sdk';
import { type Parsed, optionText } from './parse.ts';
import { flagValue } from './usage.ts';

/** The milliseconds of an option such as `--older-than 30d`. */
export function optionDuration(parsed: Parsed, name: string): Result<number | undefined> {
  const text = optionText(parsed, name);
  if (text === undefined) return succeed(undefined);
  const wanted = 'a whole number with a unit, such as "12h" or "30d"';
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return succeed(durationMs);
  return fail(flagValue(name, { given: `"${text}"`, wanted }));
}

/** The bytes of an option such as `--max-size 10Gi`. */
export function optionSize(parsed: Parsed, name: string): Result<number | undefined> {
  const text = optionText(parsed, name);
  if (text === undefined) return succeed(undefined);
  const wanted = 'a whole number with a unit, such as "512Mi" or "10Gi"';
  const bytes = parseSize(text);
  if (bytes !== undefined) return succeed(bytes);
  return fail(flagValue(name, { given: `"${text}"`, wanted }));
}
