/** One line of a difference. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

export interface LineDiff {
  /** How many lines stand before the first one that differs, in the old text and in the new. */
  readonly start: number;
  readonly lines: readonly DiffLine[];
}

/** Above so many lines of either side only equal beginnings and ends are found. */
const ALIGNED = 200;

/** How two texts differ, line by line; what is equal at the beginning and the end is left out. */
export function diffLines(before: string | undefined, after: string | undefined): LineDiff {
  const old = before === undefined ? [] : before.split('\n');
  const now = after === undefined ? [] : after.split('\n');
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const gone = old.slice(start, old.length - end);
  const fresh = now.slice(start, now.length - end);
  return { start, lines: align(gone, fresh) };
}

/** The longest common subsequence, by the table that Myers' algorithm shortens. */
function align(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  if (old.length > ALIGNED || now.length > ALIGNED) return replaced(old, now);
  const common = commonLengths(old, now);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < now.length) {
    const [gone = '', fresh = ''] = [old[i], now[j]];
    if (gone === fresh) {
      lines.push({ kind: 'same', text: gone });
      i += 1;
      j += 1;
    } else if ((common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0)) {
      lines.push({ kind: 'gone', text: gone });
      i += 1;
    } else {
      lines.push({ kind: 'new', text: fresh });
      j += 1;
    }
  }
  return [...lines, ...replaced(old.slice(i), now.slice(j))];
}

/** `[i][j]`: how many lines the rests from `i` and from `j` have in common, in order. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly number[][] {
  const table = Array.from({ length: old.length + 1 }, () =>
    Array.from({ length: now.length + 1 }, () => 0),
  );
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const row = table[i] ?? [];
      const below = table[i + 1] ?? [];
      row[j] =
        old[i] === now[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

function replaced(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  return [
    ...old.map((text): DiffLine => ({ kind: 'gone', text })),
    ...now.map((text): DiffLine => ({ kind: 'new', text })),
  ];
}
