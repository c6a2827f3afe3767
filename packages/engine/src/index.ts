export type { RunEnd, RunParts, RunRequest, StartedRun } from './run.ts';
export { startRun } from './run.ts';
export type { PreparedTask, RunCode } from './prepare.ts';
export { changedFields } from './key.ts';
export type { KeyBase } from './key.ts';
