export type { ContainerUser } from './dialect.ts';
export type {
  Engine,
  EngineCall,
  EngineEnvironment,
  EngineOutcome,
  EngineSearch,
  EngineSpawn,
} from './engine.ts';
export type { EngineKind } from './engine-info.ts';
export type { ContainerSettings } from './create.ts';
export type { ContainerSweep } from './sweep.ts';
export { createContainers } from './create.ts';
export { findEngine } from './engine.ts';
export { sweepContainers } from './sweep.ts';
export { createBuilder } from './build-image.ts';
export type { BuilderOptions } from './build-image.ts';
export type { BuildProgress } from './build-progress.ts';
