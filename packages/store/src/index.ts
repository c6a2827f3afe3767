export type { BlobStore } from './blob-store.ts';
export { DiskBlobs } from './disk.ts';
export type { DiskOptions } from './disk.ts';
export { MemoryBlobs } from './memory.ts';
export { KEYS_PER_TASK, LOG_KIND, TRACES_PER_KEY, VALUE_KIND } from './trace-store.ts';
export type { TraceStore } from './trace-store.ts';
export { isSameMark } from './generation.ts';
export type { GenerationMark } from './generation.ts';
export { SqliteTraces, openSqliteTraces } from './sqlite-traces.ts';
export type { SqliteTracesOptions } from './sqlite-traces.ts';
export type { FoldedRow, TraceFold } from './trace-fold.ts';
export { MemoryTraces, withNewest } from './memory-traces.ts';
export { TRACE_FORMAT } from './stored-trace.ts';
export { Holders } from './holders.ts';
export type { Holder } from './holders.ts';
export { Pins } from './pins.ts';
export type { Pin } from './pins.ts';
export { Survey } from './survey.ts';
export type {
  SurveyedFile,
  SurveyedKept,
  SurveyedRow,
  SurveyedSummary,
  SurveyedTrace,
} from './survey.ts';
export { Sweep, madeBy } from './sweep.ts';
export type { CondemnedTrace, Moment, SweptTable } from './sweep.ts';
export type { FarTraces } from './far-traces.ts';
export { SharedStoreError } from './shared-store.ts';
export type {
  Asking,
  Greeting,
  NewEntry,
  PutStatus,
  RegisteredWriter,
  Rights,
  Scope,
  SharedEntry,
  SharedStore,
  ShareLimits,
  ShareMode,
  ShareTrouble,
} from './shared-store.ts';
