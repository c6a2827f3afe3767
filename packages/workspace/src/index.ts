export type {
  DoctorCheck,
  EarlierInput,
  Followed,
  GcRequest,
  OpenRequest,
  PlanRequest,
  ReplayRequest,
  Repeatable,
  RepeatableRequest,
  Resumable,
  ResumableRequest,
  ResumePlanRequest,
  ResumeRequest,
  RunHandle,
  StartRequest,
  Workspace,
} from './contract.ts';
export { openWorkspace } from './open.ts';
