import type { Change } from '@skein/model';
import { formatAmount, formatCount } from './amount.ts';
import { describeChange, describeInput } from './change.ts';
import { imageSides } from './image.ts';
import { diffLines, type DiffLine } from './line-diff.ts';
import type { Style } from './style.ts';
import { taskName } from './tally.ts';
import { clip } from './value.ts';
import type { Explained, SourceChange } from './why.ts';

export interface LinesRequest {
  readonly style: Style;
  readonly width: number;
}

const CHANGES = 20;
const DIFF_LINES = 30;

/** What a reason's sentence leaves out: every change, with the lines of what was edited. */
export function reasonLines(answer: Explained, request: LinesRequest): readonly string[] {
  const { reason, differs } = answer;
  const lines = reason.kind === 'key-changed' ? changeLines(reason.changes, answer, request) : [];
  if (differs === undefined || differs.of < 2) return lines;
  const { different, of, task } = differs;
  const calls = formatAmount(of, 'call');
  const verb = different === 1 ? 'has' : 'have';
  return [
    ...lines,
    `${formatCount(different)} of ${calls} of ${taskName(task)} ${verb} another outcome`,
  ];
}

/** One change alone is in the sentence already. */
function changeLines(
  changes: readonly Change[],
  { sources }: Explained,
  request: LinesRequest,
): readonly string[] {
  const inputs = changes.filter((change) => change.kind === 'input');
  const others = changes.filter((change) => change.kind !== 'input');
  const told = [
    ...others.map(describeChange),
    ...inputs.map((input) => `${others.length > 0 ? 'input ' : ''}${describeInput(input)}`),
  ];
  const shown = told.length > 1 ? told.slice(0, CHANGES).map((it) => clip(it, request.width)) : [];
  const more = told.length - CHANGES;
  return [
    ...shown,
    ...(more > 0 ? [`… ${formatAmount(more, 'change')} more`] : []),
    ...others.flatMap((change) => imageLines(change, request)),
    ...sources.flatMap((source) => sourceLines(source, request)),
  ];
}

/** Digests of images are too long for a sentence. */
function imageLines(change: Change, { style }: LinesRequest): readonly string[] {
  const sides = imageSides(change);
  if (sides.length === 0) return [];
  const lines = sides.map(([sign, text]) => {
    return `  ${sign === '-' ? style.bad(`- ${text}`) : style.good(`+ ${text}`)}`;
  });
  return ['image', ...lines];
}

/**
 * An edit as a small difference of lines.
 *
 * ```
 * src/ngrams.ts:5
 *   - const LENGTH = 3;
 *   + const LENGTH = 4;
 * ```
 */
export function sourceLines(source: SourceChange, request: LinesRequest): readonly string[] {
  const { module, before, after } = source;
  if (before === undefined && after === undefined) return [];
  const { start, lines } = diffLines(before?.text, after?.text);
  const at = (after ?? before)?.line ?? 1;
  const place = `${module}:${at + start}`;
  if (lines.length === 0) return [place, '  the same lines: what is made of them is other'];
  const shown = lines.slice(0, DIFF_LINES).map((line) => `  ${diffLine(line, request)}`);
  const more = lines.length - DIFF_LINES;
  return [place, ...shown, ...(more > 0 ? [`  … ${formatAmount(more, 'line')} more`] : [])];
}

function diffLine({ kind, text }: DiffLine, { style, width }: LinesRequest): string {
  const line = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  if (kind === 'same') return style.faint(`  ${line}`);
  return kind === 'gone' ? style.bad(`- ${line}`) : style.good(`+ ${line}`);
}
