import type { ActionNumber } from '@skein/model';
import type { FactsBatch } from './facts-batch.ts';
import { noteKind, type NoteKind } from './facts-layout.ts';

/** A row that says something of an action, or with action 0 of the run. */
export interface Note {
  readonly kind: NoteKind;
  readonly action: ActionNumber;
  readonly row: number;
  /** Of `action-passed`: the caller. */
  readonly value: number;
}

/** Notes are many: what is not wanted becomes no object. */
export type NotesWanted = (kind: NoteKind, action: ActionNumber) => boolean;

/** The notes of some batches, in order. Those of a later version's kinds are left out. */
export function selectNotes(batches: readonly FactsBatch[], isWanted: NotesWanted): Note[] {
  const notes: Note[] = [];
  for (const batch of batches) {
    for (let note = 0; note < batch.notes; note += 1) {
      const kind = noteKind(batch.noteKind(note));
      const action = batch.noteAction(note);
      if (kind === undefined || !isWanted(kind, action)) continue;
      notes.push({ kind, action, row: batch.noteRow(note), value: batch.noteValue(note) });
    }
  }
  return notes;
}
