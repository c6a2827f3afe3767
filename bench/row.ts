import { median } from './statistics.ts';
import { describeTarget, isMet, type Target } from './target.ts';
import type { Readings } from './subject.ts';
import type { Unit } from './unit.ts';

/** A row of the table before it is measured. */
export interface RowPlan {
  /** The number of the row in the list of targets, or a word for what is not in it. */
  readonly id: string;
  readonly work: string;
  readonly unit: Unit;
  /** The name of the reading, of Skein and, unless told otherwise, of the peer. */
  readonly reading: string;
  readonly peer?: { readonly name: string; readonly reading?: string };
  /** All of them have to hold. */
  readonly targets?: readonly Target[];
}

/** A row as it is kept in `results/latest.json`. */
export interface Row {
  readonly id: string;
  readonly work: string;
  /** The median of Skein's samples; null where it could not be measured. */
  readonly figure: number | null;
  readonly unit: Unit;
  readonly peer: string | null;
  readonly peerFigure: number | null;
  /** Skein's figure divided by the peer's. */
  readonly ratio: number | null;
  readonly target: string | null;
  /** Null where the row has no target. */
  readonly met: boolean | null;
  readonly samples: { readonly own: readonly number[]; readonly peer: readonly number[] };
  /** What was in the way of a figure, or limits it. */
  readonly note: string | null;
}

/** The samples of one subject. */
export interface Series {
  readonly readings: readonly Readings[];
  /** Why it took no part, or stopped taking part. */
  readonly trouble?: string;
  /** What else a reader of the figures has to know. */
  readonly remark?: string;
}

const nothing: Series = { readings: [], trouble: 'was not measured' };

/** The row that these samples make. */
export function judgeRow(plan: RowPlan, own: Series, peer: Series = nothing): Row {
  const { id, work, unit, reading, targets = [] } = plan;
  const samples = {
    own: valuesOf(own, reading),
    peer: plan.peer ? valuesOf(peer, plan.peer.reading ?? reading) : [],
  };
  const [figure, peerFigure] = [median(samples.own), median(samples.peer)];
  const comparable = figure !== undefined && peerFigure !== undefined && peerFigure !== 0;
  const ratio = comparable ? figure / peerFigure : undefined;
  const isWhole = own.trouble === undefined && (plan.peer === undefined || comparable);
  const held = targets.every((target) => isMet(target, { figure, ratio }));
  return {
    id,
    work,
    figure: figure ?? null,
    unit,
    peer: plan.peer?.name ?? null,
    peerFigure: peerFigure ?? null,
    ratio: ratio ?? null,
    target: targets.map((target) => describeTarget(target, unit)).join(', ') || null,
    met: targets.length === 0 ? null : isWhole && held,
    samples,
    note: noteOf(plan, { own, peer, samples }),
  };
}

function valuesOf({ readings }: Series, name: string): readonly number[] {
  return readings.flatMap((reading) => reading[name] ?? []);
}

interface Judged extends Pick<Row, 'samples'> {
  readonly own: Series;
  readonly peer: Series;
}

function noteOf(plan: RowPlan, { own, peer, samples }: Judged): string | null {
  const notes: string[] = [];
  if (own.trouble !== undefined) notes.push(`skein ${own.trouble}`);
  else if (samples.own.length === 0) notes.push(`skein gave no "${plan.reading}"`);
  for (const about of plan.peer ? [peer.trouble, peer.remark] : []) {
    if (about !== undefined) notes.push(`${plan.peer?.name} ${about}`);
  }
  return notes.join('; ') || null;
}
