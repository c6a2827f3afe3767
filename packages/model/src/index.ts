export type {
  Backoff,
  CachePolicy,
  Isolation,
  RetryPolicy,
  ReusePolicy,
  TaskDefinition,
  TaskId,
  TaskOptions,
  TaskRow,
  TaskTable,
  TimeoutPolicy,
  VariableSource,
} from './task.ts';
export type { ResourceCapacity, ResourceRequest } from './resources.ts';
export type { CodeManifest, CodePart, Retention, TaskBehaviour } from './code.ts';
export type { Change, InputChange } from './change.ts';
export type { ActionImage, HostPlatform, ImagePlatform, Platform } from './platform.ts';
export type { ImageRecipe, ImageRequest, Images, ResolvedImage } from './image.ts';
export { imageIdentity, imageTitle, UNBUILT_DIGEST } from './image.ts';
export type { MadeElsewhere, Provenance } from './provenance.ts';
export { describePlatform, imageOf, platformBeside, platformIn, platformWith } from './platform.ts';
export type { ActionKey, KeyInput, KeyManifest } from './key.ts';
export type {
  ErrorOutcome,
  ErrorRecord,
  Fault,
  Outcome,
  ResultOutcome,
  ThrownRecord,
  ValueBytes,
} from './outcome.ts';
export type {
  CallObservation,
  FileObservation,
  Impurity,
  ListingObservation,
  MapObservation,
  ModuleObservation,
  Observation,
  PlainObservation,
  StatAspect,
  StatObservation,
  VariableObservation,
  Wave,
} from './observation.ts';
export { NEVER_STARTED } from './observation.ts';
export type { LogChunk, LogPrefix } from './log.ts';
export type {
  CheckpointCall,
  CheckpointId,
  Observed,
  RecordedCheckpoint,
  SavedSnapshot,
} from './checkpoint.ts';
export { DURABLE_CHECKPOINTS } from './checkpoint.ts';
export type { CodeVersion } from './code-version.ts';
export type { Trace } from './trace.ts';
export type { DeepSummary, SummaryAge, SummaryTask } from './deep-summary.ts';
export type { Reason, Verdict } from './verdict.ts';
export type { ActionNumber } from './action-number.ts';
export type { ActionCounts } from './count.ts';
export type { Plan, PlanCounts, PlanTime, PlannedAction, PlannedTask, Prospect } from './plan.ts';
export type {
  ActionFinished,
  ActionLogged,
  ActionPassed,
  ActionProgressed,
  ActionStarted,
  AttemptFailed,
  AttemptStarted,
  CheckpointRecorded,
  ProcessLogged,
  RecordedInput,
  RunDescribed,
  RunEvent,
  RunFinished,
  RunStarted,
  RunWarned,
  SnapshotSaved,
} from './event.ts';
export type { RunId, RunOrigin, RunOverview, RunStatus } from './run.ts';
export { RUN_ID_BYTES, makeRunId } from './run.ts';
export type { Failure, FailureCode, FailureKind, Place, Result } from './failure.ts';
export { FailureError, fail, succeed } from './failure.ts';
export type { Clock, Randomness } from './clock.ts';
export type { RemoteUse, SharingLeft } from './remote-use.ts';
export type { Resumed, RunSummary, SummaryError } from './summary.ts';
export type { Stored } from './stored-form.ts';
export {
  StoredFormError,
  mustBoolean,
  mustBytes,
  mustDigest,
  mustDigestOrNull,
  mustDigests,
  mustList,
  mustMember,
  mustNumber,
  mustRecord,
  mustText,
  storeDigest,
} from './stored-form.ts';
export { readOutcome, storeOutcome } from './stored-outcome.ts';
export { readWaves, storeWaves } from './stored-wave.ts';
export { SnapshotFold } from './snapshot-fold.ts';
export {
  readCheckpoint,
  readSnapshot,
  storeCheckpoint,
  storeSnapshot,
} from './stored-checkpoint.ts';
export { SUMMARY_FORMAT, decodeSummary, encodeSummary } from './stored-summary.ts';
export { chunkAfter, readChunk, readPrefix, storeChunk, storePrefix } from './stored-log.ts';
export type { Stamp, StampedStats } from './stamp.ts';
export { UNSETTLED, isUntouched, stampOf } from './stamp.ts';
export {
  fullFailure,
  isBusy,
  isDamaged,
  isFull,
  sqliteCode,
  storageFailure,
  systemCode,
} from './storage-failure.ts';
export { PASS_THROUGH } from './pass-through.ts';
export { subjectOf } from './subject.ts';
export type { FaultListener, FaultPoint } from './fault-point.ts';
export { FAULT_POINTS, faultOrder, listenToFaults, reach } from './fault-point.ts';
export type { AdoptionSummary, MadeOtherwise } from './adoption.ts';
export type {
  ResumeCounts,
  ResumePlan,
  ResumedTask,
  ToExecute,
  Undecided,
  WhyLeft,
} from './resume-plan.ts';
