export type {
  AttemptHandle,
  AttemptHost,
  AttemptRequest,
  AttemptResult,
  BundleLocation,
  CallReply,
  CallRequest,
  Executor,
  ExecutorSettings,
  LoadReport,
  LossCause,
  MapCallRequest,
} from './executor.ts';
export { createInline, createPool } from './create.ts';
export { readableVariable } from './environment.ts';
export { startWorker } from './worker.ts';
