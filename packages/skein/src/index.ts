/// <reference types="node" preserve="true" />
export {
  CancelledError,
  context,
  defineCodec,
  defineConfig,
  Dir,
  EncodingError,
  environment,
  File,
  group,
  map,
  NonRecoverableError,
  OutOfMemoryError,
  TimeoutError,
  WorkerLostError,
} from '@skein/sdk';
export type {
  CacheInput,
  Codec,
  Context,
  DirFile,
  Duration,
  Environment,
  EnvironmentInput,
  FileSource,
  Logger,
  MapOptions,
  Mapped,
  MappedItem,
  OverrideInput,
  ResourceInput,
  RetryInput,
  ReuseInput,
  Size,
  Task,
  TaskOptionsInput,
  TimeoutBound,
  TimeoutInput,
  WorkspaceConfig,
} from '@skein/sdk';
export { run } from './run.ts';
export type { RunnableTask, Running } from './run.ts';
export type { RunOptions, RunResult } from './run-result.ts';
