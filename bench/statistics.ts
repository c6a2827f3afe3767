/** The middle one, or the mean of the two in the middle. Undefined where there is none. */
export function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((left, right) => left - right);
  const above = sorted[Math.floor(sorted.length / 2)];
  const below = sorted[Math.ceil(sorted.length / 2) - 1];
  return above === undefined || below === undefined ? undefined : (above + below) / 2;
}

/** The smallest and the largest. Undefined where there is none. */
export function range(
  numbers: readonly number[],
): { readonly least: number; readonly most: number } | undefined {
  if (numbers.length === 0) return undefined;
  return { least: Math.min(...numbers), most: Math.max(...numbers) };
}

/** The smallest number that so many in a hundred do not exceed. Undefined where there is none. */
export function percentile(numbers: readonly number[], percent: number): number | undefined {
  const sorted = numbers.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
}
