import type { LoadRow } from './load-row.ts';

/** Resident memory of the serving process, bytes. */
export interface ServerMemory {
  readonly beforeBytes: number;
  /** The most it had after the small things, and after the large artifact too. */
  readonly peakSmallBytes: number;
  readonly peakBytes: number;
}

const heads = ['work', 'clients', 'requests', 'things/s', 'MB/s', 'p50', 'p99', 'whole'];
const MEGABYTE = 1e6;
const MEBIBYTE = 1 << 20;

/** The table for a terminal. */
export function renderLoad(rows: readonly LoadRow[], memory: ServerMemory): string {
  const lines = [heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, column) => Math.max(...lines.map((it) => it[column]?.length ?? 0)));
  const table = lines.map((line) => {
    return line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  });
  return [...table, '', describeMemory(memory)].join('\n');
}

/** The same for a document. */
export function renderLoadMarkdown(rows: readonly LoadRow[], memory: ServerMemory): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [line(heads), `|${heads.map(() => '---|').join('')}`];
  return [...table, ...rows.map((row) => line(cellsOf(row))), '', describeMemory(memory)].join(
    '\n',
  );
}

function cellsOf(row: LoadRow): readonly string[] {
  return [
    row.work,
    String(row.clients),
    row.requests.toLocaleString('en-US'),
    numberOf(row.thingsPerSecond, row.thingsPerSecond < 100 ? 1 : 0),
    numberOf(row.bytesPerSecond / MEGABYTE, 1),
    `${numberOf(row.p50Ms, 1)} ms`,
    `${numberOf(row.p99Ms, 1)} ms`,
    `${numberOf(row.wallMs / 1_000, 2)} s`,
  ];
}

function describeMemory({ beforeBytes, peakSmallBytes, peakBytes }: ServerMemory): string {
  const mebibytes = (bytes: number): string => `${Math.round(bytes / MEBIBYTE)} MiB`;
  const peaks = `at most ${mebibytes(peakSmallBytes)} with the small things`;
  const before = `resident memory of the serving process: ${mebibytes(beforeBytes)} before`;
  return `${before}, ${peaks}, ${mebibytes(peakBytes)} with the large artifact too`;
}

function numberOf(value: number, fraction: number): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: fraction,
    maximumFractionDigits: fraction,
  });
}
