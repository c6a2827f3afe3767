export type { DoctorCheck, OpenRequest, RunHandle, StartRequest, Workspace } from './contract.ts';
export { openWorkspace } from './open.ts';
