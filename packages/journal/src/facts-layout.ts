import type { Verdict } from '@skein/model';

/*
 * A batch of facts: what is asked of all actions of a run at once, in records of one width, so
 * that a hundred thousand of them are read without making an object of any.
 *
 * `calls`, what a run at a glance needs:
 *   header   version, calls, notes, bytes of texts, highest action, digests: u32 each; time of the
 *            last event: f64
 *   calls    56 bytes: verdict, ended, flags, 0: u8 each; action, parent, task, row of the start,
 *            row of the end, attempts, first digest, inputs, files: u32 each; start or end,
 *            duration: f64 each
 *   notes    16 bytes: kind: u8; action, row, value: u32 each, from byte 4
 *   texts    JSON: ids of tasks
 * `digests`, 40 bytes each; of one call: inputs, outcome, artifact, files.
 *
 * Numbers are little-endian. A row is the journal's that has the whole event; 0: not in this batch.
 */
export const FACTS_VERSION = 1;
export const HEADER_BYTES = 32;
export const CALL_BYTES = 56;
export const NOTE_BYTES = 16;
export const PACKED_DIGEST_BYTES = 40;

/** Stored as their index, in rows too: only ever add at the end. */
export const VERDICTS: readonly Verdict['kind'][] = ['reuse', 'adopt', 'execute'];

/** Stored as their index: only ever add at the end. */
const NOTED = [
  'action-passed',
  'attempt-started',
  'attempt-failed',
  'action-logged',
  'checkpoint-recorded',
  'snapshot-saved',
  'run-described',
  'run-warned',
  'run-finished',
] as const;

export type NoteKind = (typeof NOTED)[number];

/** The number of a kind of note; `undefined` for other events. */
export function noteNumber(kind: string): number | undefined {
  const index = (NOTED as readonly string[]).indexOf(kind);
  return index < 0 ? undefined : index;
}

/** `undefined` for one that a later version wrote. */
export function noteKind(number: number): NoteKind | undefined {
  return NOTED[number];
}

/** How a call ended; 0: it has not. */
export const RESULT = 1;
export const ERROR = 2;

/** A flag of a call. */
export const HAS_ARTIFACT = 1;
