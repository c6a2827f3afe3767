import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { ResolvedImage, TaskOptions } from '@skein/model';
import type { Limits } from './demand.ts';
import type { MadeEnvironment } from './environment.ts';
import type { BundleLocation } from './executor.ts';

/** What a worker process is started for, and what it may have. */
export interface LaunchOrder {
  /** `worker 3`: for people. */
  readonly name: string;
  /** Absolute path of the module that starts a worker. */
  readonly entry: string;
  readonly bundle: BundleLocation;
  /** Absolute state directory. */
  readonly state: string;
  /** Absolute folder that actions cannot see (O2): the state, or what it is a copy of. */
  readonly invisible: string;
  /**
   * Absolute scratch folder of this process alone, in the folder of the pool; it is made, and
   * removed when the process has ended. It may write there.
   */
  readonly scratch: string;
  /** With an image: without the machine's `PATH`, and with the scratch folder as `HOME`. */
  readonly environment: MadeEnvironment;
  /** Limit of V8's heap, in MiB; 0: V8's own. */
  readonly heapMebibytes: number;
  readonly limits: Limits;
  /** The image it is to run in; absent: on this machine. */
  readonly image?: ResolvedImage | undefined;
  readonly network: boolean;
  readonly resources: TaskOptions['resources'];
  /** Gpus it may use. */
  readonly devices?: readonly string[] | undefined;
}

/** How a process ended, as whoever started it knows. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started at all, in words. */
  readonly error?: string;
  /** The system ended it, or what is below it, because its memory limit was reached. */
  readonly outOfMemory?: boolean;
}

/** What a worker in a container has to know of it; what it cannot see for itself. */
export interface Containment {
  /**
   * Absolute folder below scratch in which it leaves what the coordinator is to take into the
   * state, which it cannot write; the worker makes it.
   */
  readonly outbox: string;
  /** Absolute folders and files that are the machine's: what lies elsewhere is the image's. */
  readonly mounts: readonly string[];
  /** False: whoever connects is told at once what to write. */
  readonly network: boolean;
  /** The engine holds it to the processors that its task asks for: it sees no others. */
  readonly cpuLimited: boolean;
  /** Absolute path of a program that is Node, for `process.execPath`; absent: as it is. */
  readonly nodeProgram?: string | undefined;
  /** Variables that the engine added, which the author's code must not see. */
  readonly drop: readonly string[];
}

/** A worker process, wherever it runs. */
export interface Launched {
  /**
   * The process of this machine whose memory is watched. Absent until it is there, and where it
   * cannot be seen from here: then its system alone holds the limit.
   */
  readonly pid: number | undefined;
  /** Messages go here; rejects where the process ended before it was there. */
  readonly channel: Promise<Socket>;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Present where it runs in a container. */
  readonly container?: Containment | undefined;
  /** Resolves once it has ended with everything below it, and its output has been read. */
  readonly ended: Promise<ProcessEnd>;
  /** Ends it and everything below it at once, without asking; may be called again. */
  kill(): void;
}

/** Starts worker processes: the pool is the same wherever they run. */
export interface Launcher {
  /** Of the executor, for people: `pool`, `container`. */
  readonly name: string;
  /** Never throws: what cannot be started has ended. */
  launch(order: LaunchOrder): Launched;
  /** Names of options that such processes cannot be held to. */
  cannotHonour(options: TaskOptions): readonly string[];
  /** Ends whatever is left. */
  close(): Promise<void>;
}
