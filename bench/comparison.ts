import type { RowPlan } from './row.ts';
import type { Subject } from './subject.ts';

/** What is measured in turns, and the rows that come of it. The first subject is Skein. */
export interface Comparison {
  readonly subjects: readonly Subject[];
  readonly rows: readonly RowPlan[];
}

/** Only the rows that were asked for, and whom they need; undefined where that is nothing. */
export function narrow(
  { subjects, rows }: Comparison,
  only: ReadonlySet<string> | undefined,
): Comparison | undefined {
  const kept = rows.filter(({ id }) => only === undefined || only.has(id));
  const peers = new Set(kept.map((row) => row.peer?.name));
  const needed = subjects.filter(({ name }, index) => index === 0 || peers.has(name));
  return kept.length === 0 ? undefined : { subjects: needed, rows: kept };
}
