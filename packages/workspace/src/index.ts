export type {
  DoctorCheck,
  OpenRequest,
  PlanRequest,
  RunHandle,
  StartRequest,
  Workspace,
} from './contract.ts';
export { openWorkspace } from './open.ts';
