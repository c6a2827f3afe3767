export { commandLine } from './executors/execute/options.ts';
export type { ExecuteOptions } from './executors/execute/options.ts';
