/** A length of time with its unit: `'250ms' '10s' '10m' '1h' '7d'`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** What a message asks for where a duration is wanted. */
export const DURATION_WANTED =
  "a whole number with a unit, such as '250ms', '10s', '10m', '1h' or '7d'";

const FORM = /^(0|[1-9][0-9]*)(ms|s|m|h|d)$/;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds, or `undefined` for anything but a whole number with a unit. */
export function parseDuration(text: unknown): number | undefined {
  const [, digits, unit] = typeof text === 'string' ? (FORM.exec(text) ?? []) : [];
  const factor = unit === undefined ? undefined : UNIT_MS[unit];
  if (factor === undefined) return undefined;
  const ms = Number(digits) * factor;
  return Number.isSafeInteger(ms) ? ms : undefined;
}
