export type {
  DoctorCheck,
  EarlierInput,
  Followed,
  GcRequest,
  LineageRequest,
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
export type { ExecutorChoice } from './image-for.ts';
export type { ImageReport } from './image-inspect.ts';
export type { ImageListing, ListedImage } from './image-list.ts';
export { hasMoved } from './image-moved.ts';
export type { MovedImage } from './image-moved.ts';
export type { ImageUpdateReport, ImageUpdateRequest } from './image-update.ts';
export type { ImageStep, TellImageStep } from './image-step.ts';
export { openWorkspace } from './open.ts';
export { dataPlace, openCacheData } from './cache-data.ts';
export type { CacheDataRequest } from './cache-data.ts';
export { openCachePlace } from './open-cache-place.ts';
export type { CachePlace, CachePlaceRequest } from './cache-place.ts';
export {
  inspectShared,
  listShared,
  revokeShared,
  sharedStats,
  sweepShared,
  verifyShared,
} from './cache-reports.ts';
export { REMOTE_MODES } from './remote-config.ts';
export type { RemoteMode } from './remote-config.ts';
export { systemRandomness } from './system.ts';
