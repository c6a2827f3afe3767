import type { ActionNumber } from '@skein/model';
import type { LineageSubject } from '@skein/view';
import type { LineageRun } from './lineage-run.ts';

/** A value, or a part of one, where it stands on record. */
export interface FoundPlace {
  readonly run: LineageRun;
  readonly action: ActionNumber;
  readonly role: 'input' | 'result';
  /** Which input it is, or is a part of; 0 for a result. */
  readonly place: number;
  /** Of the part within the input or the result. */
  readonly path: string;
  /** Of the part; `undefined` where they are gone. */
  readonly bytes: Uint8Array | undefined;
}

/** `result.rows[3]`, or `file.name`. */
export function pathOf(
  run: LineageRun,
  at: Pick<FoundPlace, 'action' | 'role' | 'place' | 'path'>,
): string {
  const root = at.role === 'result' ? 'result' : run.parameterOf(at.action, at.place);
  return `${root}${at.path}`;
}

/** What was asked about, and where it stands on record. */
export interface Subject extends Pick<LineageSubject, 'kind' | 'digest' | 'bytes' | 'more'> {
  readonly places: readonly FoundPlace[];
}
