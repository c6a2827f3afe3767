/** What a figure counts. For `/s` more is better, for all others less. */
export type Unit = '/s' | 'µs' | 'ms' | 's' | 'MB';

const digits: Readonly<Record<Unit, number>> = { '/s': 0, µs: 1, ms: 1, s: 2, MB: 0 };

/** `12,345/s`, `0.4 ms`, `3.14 s`, `580 MB`. */
export function formatFigure(figure: number, unit: Unit): string {
  const space = unit === '/s' ? '' : ' ';
  return `${formatNumber(figure, digits[unit])}${space}${unit}`;
}

/** `4.31×`. */
export function formatRatio(ratio: number): string {
  return `${formatNumber(ratio, 2)}×`;
}

function formatNumber(value: number, fraction: number): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: fraction,
    maximumFractionDigits: fraction,
  });
}
