import type { ActionNumber, RecordedCheckpoint, SnapshotFold } from '@skein/model';

/** What an action put on record of its own progress in this run (R4, R5). */
export interface Progress {
  /** Whose record it is on: another than the action that goes on, where its caller began anew. */
  owner: ActionNumber;
  /** By the call, the newest last. */
  readonly checkpoints: Map<string, RecordedCheckpoint[]>;
  readonly snapshot: SnapshotFold;
}
