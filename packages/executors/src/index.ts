export type {
  AttemptHandle,
  AttemptHost,
  AttemptRequest,
  AttemptResult,
  BundleLocation,
  CallReply,
  CallRequest,
  CheckpointAnswer,
  EndedCheckpoint,
  Executor,
  ExecutorSettings,
  LoadReport,
  LossCause,
  MapCallRequest,
} from './executor.ts';
export { createInline, createPool } from './create.ts';
export { readableVariable } from './environment.ts';
export { obeyFault } from './obey-fault.ts';
export { abandonedIn, removeAbandoned } from './scratch-home.ts';
export { taskFunction } from './task-function.ts';
