import type { Span } from './summary.ts';

/** A stretch of text and what the canonical text has in its place. */
export interface Edit extends Span {
  readonly text: string;
}

/**
 * The text of a stretch of emitted code without comments and layout, and with the edits made:
 * what a symbol's digest covers. Literals are taken as they stand. Removing blanks beside
 * brackets, commas and semicolons never joins two tokens; every other blank is kept as one.
 */
export function canonicalText(source: CanonicalSource): string {
  const { text, span, comments, literals, edits } = source;
  const marks: Mark[] = [];
  for (const it of inside(comments, span)) marks.push({ ...it, put: ' ', blank: true });
  for (const it of literals) {
    marks.push({ start: it.start, end: it.end, put: text.slice(it.start, it.end), blank: false });
  }
  for (const it of edits) marks.push({ start: it.start, end: it.end, put: it.text, blank: false });
  marks.sort((a, b) => a.start - b.start);
  let out = '';
  let gap = '';
  let position = span.start;
  for (const mark of marks) {
    if (mark.start < position || mark.end > span.end) continue;
    gap += text.slice(position, mark.start);
    if (mark.blank) gap += mark.put;
    else {
      out += squeeze(gap) + mark.put;
      gap = '';
    }
    position = mark.end;
  }
  return out + squeeze(gap + text.slice(position, span.end));
}

export interface CanonicalSource {
  readonly text: string;
  readonly span: Span;
  /** Sorted by start, of the whole text. */
  readonly comments: readonly Span[];
  readonly literals: readonly Span[];
  readonly edits: readonly Edit[];
}

interface Mark extends Span {
  readonly put: string;
  readonly blank: boolean;
}

function squeeze(gap: string): string {
  return gap.replace(/\s+/g, ' ').replace(/ ?([[\](){},;]) ?/g, '$1');
}

/** The members of a sorted list that begin within the span. */
function inside(sorted: readonly Span[], span: Span): Span[] {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.start ?? 0) < span.start) low = middle + 1;
    else high = middle;
  }
  const found: Span[] = [];
  for (let at = low; at < sorted.length; at++) {
    const it = sorted[at];
    if (it === undefined || it.start >= span.end) break;
    found.push(it);
  }
  return found;
}
