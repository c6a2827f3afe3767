export type { BuildRequest, BuiltImage, ImageBuilder } from './builder.ts';
export { copiedFiles } from './copied-files.ts';
export type { CopiedFile, CopyPlace } from './copied-files.ts';
export type { Fetch } from './http-get.ts';
export { findCredentials } from './credentials.ts';
export type { FoundCredentials } from './credentials.ts';
export type { Credentials } from './credential.ts';
export { openImages } from './images.ts';
export { imagePlatformOf } from './image-platform.ts';
export { LOCK_NAME } from './lock-file.ts';
export {
  isImageDigest,
  parseReference,
  pinReference,
  printReference,
  readReference,
} from './reference.ts';
export type { ImageReference } from './reference.ts';
export { mayBePlain } from './registry-host.ts';
export { usableNode } from './usable-node.ts';
export type {
  ImageInspection,
  ImagesOptions,
  ImageUpdate,
  InspectedPlatform,
  LockedImage,
  WorkspaceImages,
} from './workspace-images.ts';
