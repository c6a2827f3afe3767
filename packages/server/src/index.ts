export { createApp } from './app.ts';
export type { ServerApp } from './app.ts';
export { DEFAULT_LISTEN, isLoopback, readListen } from './listen-address.ts';
export type { ListenAddress } from './listen-address.ts';
export { JsonLog, NO_LOG } from './log.ts';
export type { Log, LogLine } from './log.ts';
export { serve } from './serve.ts';
export { serveChild } from './serve-child.ts';
export type { ServeChildIo } from './serve-child.ts';
export type {
  ChildEntry,
  LogFormat,
  Served,
  ServeIo,
  ServeOptions,
  ServeSignal,
} from './serve-options.ts';
export { DEFAULT_LIMITS } from './server-limits.ts';
export type { ServerLimits } from './server-limits.ts';
export type { ServedDepot, Service } from './service.ts';
export { openServing } from './serving.ts';
export type { Serving, ServingOptions, ServingPorts } from './serving.ts';
