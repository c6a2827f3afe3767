/** An amount of memory or disk with its unit: `'512Ki' '512Mi' '2Gi'`. */
export type Size = `${number}${'Ki' | 'Mi' | 'Gi'}`;

/** What a message asks for where a size is wanted. */
export const SIZE_WANTED = "a whole number with a unit, such as '512Ki', '512Mi' or '2Gi'";

const FORM = /^(0|[1-9][0-9]*)(Ki|Mi|Gi)$/;

const UNIT_BYTES: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes, or `undefined` for anything but a whole number with a unit. */
export function parseSize(text: unknown): number | undefined {
  const [, digits, unit] = typeof text === 'string' ? (FORM.exec(text) ?? []) : [];
  const factor = unit === undefined ? undefined : UNIT_BYTES[unit];
  if (factor === undefined) return undefined;
  const bytes = Number(digits) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
