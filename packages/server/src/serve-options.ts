import type { ListenAddress } from './listen-address.ts';
import type { ServerLimits } from './server-limits.ts';

/** What is logged of each request: one line of JSON on stdout, or nothing. */
export type LogFormat = 'json' | 'none';

/**
 * How a serving process is started: `fork(module, argv)`. That module calls `serveChild`. For the
 * command it is the executable itself with a hidden flag.
 */
export interface ChildEntry {
  readonly module: string;
  readonly argv: readonly string[];
}

/** What a cache server is told. What is left out has the default that is named. */
export interface ServeOptions {
  readonly listen: ListenAddress;
  /** A folder, or `s3://bucket/prefix`. */
  readonly data: string;
  /** The version of the software, as the greeting tells it. */
  readonly version: string;
  readonly childEntry: ChildEntry;
  /** What was not read for so long is removed. Default: age removes nothing. */
  readonly keepForMs?: number | undefined;
  /** Above it, what was not read for longest is removed. Default: size removes nothing. */
  readonly maxSizeBytes?: number | undefined;
  /** Default 1,024. */
  readonly maxConnections?: number | undefined;
  /** The largest blob, and the largest artifact of Nx. Default 4 GiB. */
  readonly maxArtifactBytes?: number | undefined;
  /** Default `json`. */
  readonly logFormat?: LogFormat | undefined;
  /** Other limits than the defaults, for those who know why. */
  readonly limits?: Partial<ServerLimits> | undefined;
}

/** The world of a server: what enters from outside. */
export interface ServeIo {
  /** One line for a person. */
  readonly say: (line: string) => void;
  /** For a socket that systemd opened: `LISTEN_FDS` and `LISTEN_PID`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** Calls back at each signal; the result takes that back. */
  readonly onSignal: (name: ServeSignal, listener: () => void) => () => void;
}

/** `SIGHUP` replaces the serving process; the others stop, at the second time at once. */
export type ServeSignal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

/** A server that listens. */
export interface Served {
  /** The real address: `http://127.0.0.1:7337`. */
  readonly url: string;
  /** Replaces the serving process: resolves when the new one serves. */
  readonly reload: () => Promise<void>;
  /** Lets requests in flight end, within `stopMs`; the second call ends at once. */
  readonly stop: () => void;
  /** Settles when everything is gone: 0, or 1 where requests had to be cut. */
  readonly done: Promise<number>;
}
