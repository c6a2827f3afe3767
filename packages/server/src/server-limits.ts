/** A limit on everything. Times in milliseconds. */
export interface ServerLimits {
  /** Beyond it, a connection is told that it is too much, and closed. */
  readonly connections: number;
  /** Requests that are worked on at a time. */
  readonly requests: number;
  /** Requests that wait for that, and how long. */
  readonly waiting: number;
  readonly waitMs: number;
  /** Keys, digests or entries in one request. */
  readonly keys: number;
  /** One request of entries, one entry, one blob or artifact of Nx. */
  readonly batchBytes: number;
  readonly entryBytes: number;
  readonly blobBytes: number;
  /** Names and values of the headers of one request. */
  readonly headerBytes: number;
  /** Until the headers of a request are there. */
  readonly headersMs: number;
  /** An idle connection is kept so long. */
  readonly keepAliveMs: number;
  /** In this time a body has to get on by `stallBytes`, either way. */
  readonly stallMs: number;
  readonly stallBytes: number;
  /** What the storage is given for one step. */
  readonly storageMs: number;
  /** What is still read of a body after its request was answered. */
  readonly lingerMs: number;
  /** How long requests in flight may take when the process is to stop. */
  readonly stopMs: number;
  /** How long idle connections are kept then, for a request that is on its way. */
  readonly stopIdleMs: number;
  /** How long a connection is held while nothing serves. */
  readonly holdMs: number;
}

const MEBIBYTE = 1 << 20;
const SECOND = 1_000;

export const DEFAULT_LIMITS: ServerLimits = {
  connections: 1_024,
  requests: 128,
  waiting: 1_024,
  waitMs: 2 * SECOND,
  keys: 2_000,
  batchBytes: 16 * MEBIBYTE,
  entryBytes: 4 * MEBIBYTE,
  blobBytes: 4_096 * MEBIBYTE,
  headerBytes: 16 * 1_024,
  headersMs: 10 * SECOND,
  keepAliveMs: 65 * SECOND,
  stallMs: 30 * SECOND,
  stallBytes: 16 * 1_024,
  storageMs: 10 * SECOND,
  lingerMs: 30 * SECOND,
  stopMs: 30 * SECOND,
  stopIdleMs: SECOND,
  holdMs: 10 * SECOND,
};

/** The limits that a server was told, one way or the other. */
export function limitsOf(options: {
  readonly maxConnections?: number | undefined;
  readonly maxArtifactBytes?: number | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
}): ServerLimits {
  const { connections, blobBytes } = DEFAULT_LIMITS;
  return {
    ...DEFAULT_LIMITS,
    connections: options.maxConnections ?? connections,
    blobBytes: options.maxArtifactBytes ?? blobBytes,
    ...options.limits,
  };
}
