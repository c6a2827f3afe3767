import type { RunOverview } from '@skein/model';
import { formatCount } from './amount.ts';
import { formatAge, formatDuration } from './duration.ts';
import type { Style } from './style.ts';
import { describeOrigin, paintStatus } from './tree-head.ts';
import { oneLine } from './one-line.ts';

export interface RunsRequest {
  readonly style: Style;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const TEXTS = ['run', 'status', 'task', 'started'];
const COLUMNS = [...TEXTS, 'time', 'executed', 'reused', 'adopted', 'failed'];

/** Runs as a table, in the order given. */
export function renderRuns(runs: readonly RunOverview[], { style, now }: RunsRequest): string {
  if (runs.length === 0) return 'no run is recorded here that fits';
  const rows = runs.map((run) => cellsOf(run, now));
  const widths = COLUMNS.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cells: readonly string[]): readonly string[] =>
    cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < TEXTS.length ? cell.padEnd(width) : cell.padStart(width);
    });
  const lines = runs.map((run, index) => {
    const [id = '', status = '', ...others] = pad(rows[index] ?? []);
    const rest = [id, paintStatus(run.status, style)(status), ...others].join('  ');
    return `${rest}${describeLabels(run)}`;
  });
  return [style.faint(pad(COLUMNS).join('  ')), ...lines].join('\n');
}

function cellsOf(run: RunOverview, now: number): readonly string[] {
  return [
    run.run,
    run.status,
    run.task,
    formatAge(now - run.startedAt),
    run.durationMs === undefined ? '' : formatDuration(run.durationMs),
    formatCount(run.counts.executed),
    formatCount(run.counts.reused),
    formatCount(run.counts.adopted),
    formatCount(run.counts.failed),
  ];
}

/** Labels, and which run it goes on from. */
function describeLabels({ labels, origin }: RunOverview): string {
  const all = [
    ...Object.entries(labels).map(([name, value]) => oneLine(`${name}=${value}`)),
    ...(origin === undefined ? [] : [describeOrigin(origin)]),
  ];
  return all.length === 0 ? '' : `  ${all.join(' ')}`;
}
