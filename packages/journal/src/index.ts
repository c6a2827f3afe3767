export { databasePath, endure, openDatabase } from './database.ts';
export type { DatabaseOptions, Durability, StateDatabase } from './database.ts';
export { openJournal } from './journal.ts';
export { forgetFold } from './catch-up.ts';
export type { Journal, JournalOptions } from './journal.ts';
export type { Fold } from './behind.ts';
export type { JournalRow } from './row.ts';
export { RunFold, foldRun } from './fold.ts';
export type { ActionState, AttemptState, LogLine, RunState, RunWarning } from './run-state.ts';
export { readRun } from './read-run.ts';
export { entryAction } from './entry-action.ts';
export { indexRun } from './index-run.ts';
export type {
  ActionDigests,
  CallGroup,
  IndexedAction,
  LargeValue,
  LargeWanted,
  LogsWanted,
  PrintedText,
  RunIndex,
} from './run-index.ts';
export { readEvents } from './read-events.ts';
export type { EventPage, EventsWanted } from './read-events.ts';
export { findDigest } from './find-digest.ts';
export type { DigestUse } from './find-digest.ts';
export type { DigestPlace, DigestRole } from './facts-batch.ts';
export { digestsBeginning } from './lineage-digests.ts';
export { findRun } from './find-run.ts';
export type { FoundRun } from './find-run.ts';
export { listRuns } from './list-runs.ts';
export type { RunFilter } from './list-runs.ts';
export { identifyProcess, isAlive } from './process.ts';
export type { Liveness, ProcessIdentity } from './process.ts';
export { storageFailure } from './storage-failure.ts';
export { condemn as condemnDatabase } from './set-aside.ts';
export { STATE_FORMAT } from './schema.ts';
export { eventsOf, recordedRuns, removeRun } from './remove-runs.ts';
export type { RecordedRun } from './remove-runs.ts';
