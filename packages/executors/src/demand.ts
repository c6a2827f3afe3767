import type { TaskOptions } from '@skein/model';
import { environmentKey } from './environment.ts';
import type { AttemptRequest, BundleLocation } from './executor.ts';

/** Running actions in one worker unless `reuse.concurrency` says otherwise (X2). */
const DEFAULT_CONCURRENCY = 16;
const MEBIBYTE = 1 << 20;

/** Which processes can serve an attempt, and on what terms. */
export interface Demand {
  /** Bundle and environment: a process has one of each for its whole life (O6). */
  readonly home: string;
  /** Limit of V8's heap that the process is started with, in MiB; 0: V8's own. */
  readonly heapMebibytes: number;
  /** Has its process to itself while it runs (X3, R6). */
  readonly exclusive: boolean;
  /** Needs a process that served nobody before, and that serves nobody after. */
  readonly fresh: boolean;
  /** May enter a process in which a caller waits (X3). */
  readonly enters: boolean;
  /** It starts where fewer actions than this are running. */
  readonly limit: number;
  /** Equal for attempts that any process treats alike. */
  readonly line: string;
}

interface Found {
  readonly bundle: BundleLocation;
  readonly alone: boolean;
  readonly demand: Demand;
}

/** Options are one object for all calls of a task: what follows from them is found once. */
const demands = new WeakMap<TaskOptions, Found>();

export function demandOf(request: AttemptRequest): Demand {
  const { options, bundle, alone } = request;
  const known = demands.get(options);
  if (known?.bundle === bundle && known.alone === alone) return known.demand;
  const demand = findDemand(request);
  demands.set(options, { bundle, alone, demand });
  return demand;
}

function findDemand(request: AttemptRequest): Demand {
  const { options, bundle } = request;
  const { memoryBytes } = options.resources;
  const fresh = options.reuse === false;
  const exclusive = request.alone || fresh || memoryBytes !== undefined;
  const heapMebibytes = memoryBytes === undefined ? 0 : Math.ceil(memoryBytes / MEBIBYTE) + 64;
  const enters = memoryBytes === undefined && !options.resources.gpu && !hasTimeout(options);
  const reuse = options.reuse === false ? {} : options.reuse;
  const limit = reuse.concurrency ?? DEFAULT_CONCURRENCY;
  const home = homeOf(bundle, options);
  const terms = [heapMebibytes, exclusive, fresh, enters, limit].join(' ');
  const line = `${home} ${terms}`;
  return { home, heapMebibytes, exclusive, fresh, enters, limit, line };
}

export function homeOf(
  bundle: BundleLocation,
  options: Pick<TaskOptions, 'variables' | 'secrets'>,
): string {
  const { digest, path, root, cwd } = bundle;
  return JSON.stringify([digest, path, root, cwd, environmentKey(options)]);
}

function hasTimeout({ timeout }: TaskOptions): boolean {
  return timeout.runMs !== undefined || timeout.deadlineMs !== undefined;
}
