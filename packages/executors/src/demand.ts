import type { ResolvedImage, TaskOptions } from '@skein/model';
import { environmentKey } from './environment.ts';
import type { AttemptRequest, BundleLocation } from './executor.ts';

/** Running actions in one worker unless `reuse.concurrency` says otherwise (X2). */
const DEFAULT_CONCURRENCY = 16;
const MEBIBYTE = 1 << 20;

/** What a process may use, with its subprocesses; absent: no limit (X3). */
export interface Limits {
  /** Resident memory. */
  readonly memoryBytes?: number;
  /** What its scratch folder holds. */
  readonly diskBytes?: number;
}

/** What a process is started for, and keeps for its whole life. */
export interface Position {
  /** Equal for attempts that may share a process: bundle, environment, image, gpus, limits (O6). */
  readonly home: string;
  /** Limit of V8's heap that the process is started with, in MiB; 0: V8's own. */
  readonly heapMebibytes: number;
  readonly limits: Limits;
  /** It ends when it had nothing to do for so long; absent: with the pool. */
  readonly idleTtlMs?: number;
}

/** Which processes can serve an attempt, and on what terms. */
export interface Demand extends Position {
  /** Has its process to itself while it runs (X3, R6). */
  readonly exclusive: boolean;
  /** Needs a process that served nobody before, and that serves nobody after. */
  readonly fresh: boolean;
  /** May enter a process in which a caller waits (X3). */
  readonly enters: boolean;
  /** It starts where fewer actions than this are running. */
  readonly limit: number;
  /** How many processes its home has at most; absent: no bound but the pool's. */
  readonly replicas?: number;
  /** Equal for attempts that any process treats alike. */
  readonly line: string;
}

interface Found {
  readonly bundle: BundleLocation;
  readonly alone: boolean;
  readonly devices: string;
  readonly image: string | undefined;
  readonly demand: Demand;
}

/** Options are one object for all calls of a task: what follows from them is found once. */
const demands = new WeakMap<TaskOptions, Found>();

export function demandOf(request: AttemptRequest): Demand {
  const { options, bundle, alone, image } = request;
  const devices = request.devices?.join(',') ?? '';
  const known = demands.get(options);
  if (
    known?.bundle === bundle &&
    known.alone === alone &&
    known.devices === devices &&
    known.image === image?.digest
  ) {
    return known.demand;
  }
  const demand = findDemand(request);
  demands.set(options, { bundle, alone, devices, image: image?.digest, demand });
  return demand;
}

function findDemand(request: AttemptRequest): Demand {
  const { options, bundle, image, devices = [] } = request;
  const limits = limitsOf(options);
  const isLimited = limits.memoryBytes !== undefined || limits.diskBytes !== undefined;
  const reuse = options.reuse === false ? {} : options.reuse;
  const isShared = Object.values(reuse).some((it) => it !== undefined);
  const { replicas, idleTtlMs, concurrency: limit = DEFAULT_CONCURRENCY } = reuse;
  const fresh = options.reuse === false || (isLimited && !isShared);
  const exclusive = request.alone || fresh;
  const mayBeKilled = isLimited || hasTimeout(options);
  const enters = !mayBeKilled && !options.resources.gpu;
  const heapMebibytes =
    limits.memoryBytes === undefined ? 0 : Math.ceil(limits.memoryBytes / MEBIBYTE) + 64;
  const home = JSON.stringify([
    homeOf(bundle, options),
    devices,
    limits,
    replicas,
    idleTtlMs,
    ...(image === undefined ? [] : containerOf(image, options)),
  ]);
  const line = `${home} ${[exclusive, fresh, enters, limit].join(' ')}`;
  return {
    home,
    heapMebibytes,
    limits,
    exclusive,
    fresh,
    enters,
    limit,
    line,
    ...(replicas !== undefined && { replicas }),
    ...(idleTtlMs !== undefined && { idleTtlMs }),
  };
}

/** What a container is made with, and keeps: no two tasks that differ in it share one. */
function containerOf({ digest }: ResolvedImage, options: TaskOptions): readonly unknown[] {
  const { cpu, gpu, shmBytes } = options.resources;
  return [digest, options.network, cpu, gpu, shmBytes];
}

/** A process for whoever asks for nothing in particular, as loading a bundle does. */
export function plainPosition(
  bundle: BundleLocation,
  options: Pick<TaskOptions, 'variables' | 'secrets'>,
): Position {
  const home = JSON.stringify([homeOf(bundle, options), [], {}, undefined, undefined]);
  return { home, heapMebibytes: 0, limits: {} };
}

export function homeOf(
  bundle: BundleLocation,
  options: Pick<TaskOptions, 'variables' | 'secrets'>,
): string {
  const { digest, path, root, cwd } = bundle;
  return JSON.stringify([digest, path, root, cwd, environmentKey(options)]);
}

function limitsOf({ resources }: TaskOptions): Limits {
  const { memoryBytes, diskBytes } = resources;
  return {
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(diskBytes !== undefined && { diskBytes }),
  };
}

function hasTimeout({ timeout }: TaskOptions): boolean {
  return timeout.runMs !== undefined || timeout.deadlineMs !== undefined;
}
