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
export type { LauncherSettings } from './create.ts';
export type { Limits } from './demand.ts';
export type { MadeEnvironment } from './environment.ts';
export type { Containment, Launched, Launcher, LaunchOrder, ProcessEnd } from './launcher.ts';
export { createInline, createPool, createPoolWith } from './create.ts';
export { ProcessLauncher } from './process-launcher.ts';
export { readableVariable } from './environment.ts';
export { obeyFault } from './obey-fault.ts';
export { abandonedIn, removeAbandoned } from './scratch-home.ts';
export { taskFunction } from './task-function.ts';
export { WaitingShell } from './waiting-shell.ts';
