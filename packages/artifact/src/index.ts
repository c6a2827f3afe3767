export { packArtifact } from './pack.ts';
export type { ArtifactContent, PackedArtifact } from './pack.ts';
export { readValue, unpackArtifact } from './unpack.ts';
export type { UnpackRequest } from './unpack.ts';
export { LIMITS as ARTIFACT_LIMITS, MARKER as ARTIFACT_FORMAT } from './format.ts';
export type { ArtifactLimits } from './format.ts';
export type { RefusalReason } from './refusal.ts';
