export { environment } from './environment.ts';
export type { Environment } from './environment.ts';
export type { CommandTask } from './command.ts';
export type {
  CommandInput,
  CommandInputs,
  CommandOutput,
  CommandOutputs,
  CommandSpec,
  InputsOf,
  OutputsOf,
  PlainInput,
  PlainOutput,
} from './command-spec.ts';
export { json } from './json-kind.ts';
export type { JsonKind } from './json-kind.ts';
export type { JsonValue } from '@skein/values';
export { image } from './image.ts';
export type { Image, ImageInput, ImageRecipeInput } from './image.ts';
export { defineConfig } from './config.ts';
export type { ProjectConfig, RemoteInput, WorkspaceConfig } from './config.ts';
export type { AnyTask, Task, TaskPlace } from './task.ts';
export {
  declaredArgs,
  functionOf,
  invoke,
  isTask,
  overrideOf,
  placeOf,
  taskOptions,
} from './task.ts';
export type {
  CacheInput,
  EnvironmentInput,
  OverrideInput,
  ResourceInput,
  RetryInput,
  ReuseInput,
  TaskOptionsInput,
  TimeoutInput,
} from './option-input.ts';
export { DEFAULT_OPTIONS, mergeOptions, OPTION_NAMES, parseOptions } from './options.ts';
export type { GivenOptions } from './options.ts';
export { applyOverride, encodeOverride, parseOverride } from './override.ts';
export type { Override } from './override.ts';
export { DURATION_WANTED, parseDuration } from './duration.ts';
export type { Duration } from './duration.ts';
export { SIZE_WANTED, parseSize } from './size.ts';
export type { Size } from './size.ts';
export { map } from './map.ts';
export type { Mapped, MappedItem } from './map.ts';
export type { MapOptions } from './map-options.ts';
export { group } from './group.ts';
export { context } from './context.ts';
export type { Context } from './context.ts';
export type { Logger } from './logger.ts';
export { checkpoint } from './checkpoint.ts';
export type { CheckpointFunction } from './checkpoint.ts';
export { snapshot } from './snapshot.ts';
export type { Snapshot } from './snapshot.ts';
export { durable } from './durable.ts';
export type { Durable } from './durable.ts';
export { File } from './file.ts';
export type { FileSource } from './file.ts';
export { Dir } from './dir.ts';
export type { DirFile } from './dir.ts';
export { createFileStore } from './file-store.ts';
export type { FileStore, FileStoreOptions } from './file-store.ts';
export {
  CancelledError,
  CommandError,
  NonRecoverableError,
  OutOfDiskError,
  OutOfMemoryError,
  TimeoutError,
  WorkerLostError,
} from './errors.ts';
export type { CommandEnd, TimeoutBound } from './errors.ts';
export { defineCodec, EncodingError } from '@skein/values';
export type { Codec } from '@skein/values';
export { decodeThrown, encodeThrown, recordError } from './error-record.ts';
export { reviveError } from './revive-error.ts';
export { authorFrames } from './stack.ts';
export type { CallSite } from './stack.ts';
export { createRegistry, installRegistry, reviveReference } from './registry.ts';
export type { OpenRegistry } from './registry.ts';
export { currentHost, currentScope, setHost } from './host.ts';
export type {
  ActionScope,
  ProgramStart,
  ErrorClass,
  FileHost,
  Host,
  ModuleBindings,
  Registry,
  ScopedCall,
  ScopedCheckpoint,
  ScopedMap,
} from './host.ts';
