/*
 * Somebody's words in Markdown of ours: errors, names and values may hold anything, and none of it
 * may become a heading, a link, a picture, a mention, HTML, or another row or column of a table.
 */
import { oneLine } from './one-line.ts';
import { clip } from './value.ts';

/** What means something to Markdown, GitHub's autolinks, mentions and formulas, or to HTML. */
const MEANING = /[&<>"'`*_~[\]{}#|\\!@:$^=]|(?<=www)\./gi;

/** One line of text as it is, for a cell or within a sentence. */
export function markdownText(text: string, width = Infinity): string {
  const line = oneLine(clip(text, width).trim());
  return line.replace(MEANING, (character) => `&#${character.codePointAt(0)};`);
}

/** The same in the letters of code. */
export function markdownCode(text: string, width = Infinity): string {
  const shown = markdownText(text, width);
  return shown === '' ? '' : `<code>${shown}</code>`;
}

const TICKS = /`{3,}/g;

/** Lines as they are. The fence is longer than any within. */
export function markdownBlock(text: string): string {
  const lines = text.split(/\r\n?|\n/).map((line) => oneLine(line.replaceAll('\t', '  ')));
  const content = lines.join('\n');
  const longest = Math.max(2, ...Array.from(content.matchAll(TICKS), ([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${content}\n${fence}`;
}

/** Cells are Markdown already. Columns of `right` stand at the right, as numbers do. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((name) => (right.includes(name) ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Folded until somebody wants to see it. */
export function markdownDetails(title: string, body: string): string {
  return `<details><summary>${markdownText(title)}</summary>\n\n${body}\n\n</details>`;
}
