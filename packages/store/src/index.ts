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
export { isSameTrace } from './stored-trace.ts';
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
export { ObjectError } from './objects.ts';
export type {
  ObjectBody,
  ObjectCall,
  ObjectDelete,
  ObjectHead,
  ObjectPut,
  ObjectRange,
  ObjectRead,
  ObjectStore,
  ObjectTrouble,
  OpenObject,
} from './objects.ts';
export { openObjects } from './open-objects.ts';
export { parseS3 } from './s3-client.ts';
export type { ObjectsOptions } from './open-objects.ts';
export { TRUSTED, mayRead, mayWrite, parseScope, readsOf, rightsOf } from './scope.ts';
export type { NewToken, TokenRecord, Tokens } from './tokens.ts';
export { openDepot } from './open-depot.ts';
export type {
  Depot,
  DepotFilter,
  DepotGcRequest,
  DepotItem,
  DepotKind,
  DepotOptions,
  DepotRevocation,
  DepotShare,
  DepotSize,
  DepotStats,
  DepotSwept,
  InspectedEntry,
  NxArtifact,
  NxArtifacts,
  Received,
  Verification,
  VerifyRequest,
} from './depot.ts';
export { ENTRY_FORMAT, blobsOf, encodeEntry, entryId, openEntry, writerOf } from './entry.ts';
export type { EntryContent, Envelope, WriterKey } from './entry.ts';
export {
  INLINE_BYTES,
  INPUT_BLOB,
  LOG_CHUNKS_MAX,
  PACK_BYTES_MAX,
  SEGMENT_CHUNKS,
  readInputs,
  storeInputs,
} from './entry-parts.ts';
export type { EntryInputs, EntryLog } from './entry-parts.ts';
export { FAR_INPUTS, farInputsName } from './far-inputs.ts';
export { areObservations, filesIn } from './entry-plausible.ts';
export { packList, unpackList } from './entry-pack.ts';
export { beliefOf, readEntry } from './entry-read.ts';
export type { Belief, Entry, EntryReading, EntryRefusal } from './entry-read.ts';
export { isSignedBy, nameOfWriter, rawPublicKey } from './entry-writer.ts';
export { FrameError, SKEIN_TYPE, encodeFrame, readFrames } from './entry-frames.ts';
export type { FrameLimits } from './entry-frames.ts';
export { LayeredBlobs } from './layered-blobs.ts';
export type { FarBlobs, LayeredOptions } from './layered-blobs.ts';
