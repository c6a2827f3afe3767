/** `10412` as `10,412`. */
export function formatCount(count: number): string {
  const digits = Math.round(count).toString();
  return digits.replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 action`, `10,412 actions`. */
export function formatAmount(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Per second: `0.4`, `12`, `1,204`. */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 10) return trimZero(perSecond.toFixed(1));
  return formatCount(perSecond);
}

/** Bytes in decimal units: `812 bytes`, `12.3 kB`, `4.1 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return formatAmount(bytes, 'byte');
  let value = bytes / 1_000;
  for (const unit of ['kB', 'MB', 'GB']) {
    if (value < 999.95) return `${trimZero(value.toFixed(1))} ${unit}`;
    value /= 1_000;
  }
  return `${trimZero(value.toFixed(1))} TB`;
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
