import { range } from './statistics.ts';
import { formatFigure, formatRatio, type Unit } from './unit.ts';
import type { Row } from './row.ts';

const heads = [
  'id',
  'work',
  'skein',
  'least to most',
  'peer',
  'its figure',
  'ratio',
  'target',
  'met',
];
const absent = '–';

/** The table for a terminal, and below it whatever has to be said about single rows. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, column) => Math.max(...lines.map((it) => it[column]?.length ?? 0)));
  const table = lines.map((line) => {
    const cells = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return cells.join('  ').trimEnd();
  });
  return [...table, '', ...notesOf(rows), summaryOf(rows)].join('\n');
}

/** The same for a document. */
export function renderMarkdown(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = `|${heads.map(() => '---|').join('')}`;
  const notes = notesOf(rows).map((note) => `- ${note}`);
  const table = [line(heads), rule, ...rows.map((row) => line(cellsOf(row)))];
  return [...table, '', ...notes, ...(notes.length > 0 ? [''] : []), summaryOf(rows)].join('\n');
}

function cellsOf(row: Row): readonly string[] {
  const { unit, samples } = row;
  const spread = range(samples.own);
  const met = row.met === null ? absent : row.met ? 'yes' : 'NO';
  return [
    row.id,
    row.work,
    figureOr(row.figure, unit),
    spread ? `${figureOr(spread.least, unit)} to ${figureOr(spread.most, unit)}` : absent,
    row.peer ?? absent,
    figureOr(row.peerFigure, unit),
    row.ratio === null ? absent : formatRatio(row.ratio),
    row.target ?? absent,
    met,
  ];
}

function figureOr(figure: number | null, unit: Unit): string {
  return figure === null ? absent : formatFigure(figure, unit);
}

function notesOf(rows: readonly Row[]): readonly string[] {
  const notes = rows.flatMap(({ id, note }) => (note === null ? [] : [`${id}: ${note}`]));
  return [...new Set(notes)];
}

function summaryOf(rows: readonly Row[]): string {
  const met = rows.filter((row) => row.met === true).length;
  const missed = rows.filter((row) => row.met === false).length;
  return `targets: ${met} met, ${missed} not met`;
}
