import type { Clock, Result } from '@skein/model';
import type { Ticker } from '@skein/view';
import type { OpenRequest, Workspace } from '@skein/workspace';

/** Everything the command reads and writes of the world. `cli.ts` makes it of the process. */
export interface CommandIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Read only where `--input -` asks for it. */
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; paths on the command line are relative to it. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly every: Ticker;
  /** Lets time pass; sooner where `signal` is aborted. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
  /** Calls `interrupt` at each interruption until the returned function is called. */
  readonly onInterrupt: (interrupt: () => void) => () => void;
  /** Who asks, as recorded with a run: `command`, `nx`. */
  readonly initiator: string;
  /** Of the published package. */
  readonly version: () => string;
  readonly open: (request: OpenRequest) => Promise<Result<Workspace>>;
  /** For a command that starts others like it, and obeys signals. */
  readonly process: NodeJS.Process;
}

/** As much of a writable stream as the command needs. */
export interface OutputStream {
  write(text: string, written?: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Exit codes: the contract with scripts and CI. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;
