import type { Digest } from '@skein/values';
import type { ImageRequest } from './image.ts';
import type { ResourceRequest } from './resources.ts';

/** Workspace-relative module and name, `src/main.ts#train`; `package#module#name` in a package. */
export type TaskId = string & { readonly __brand: 'TaskId' };

/** How an action waits before it is tried again. Times in milliseconds. */
export interface Backoff {
  readonly baseMs: number;
  readonly factor: number;
  readonly capMs: number;
}

export interface RetryPolicy {
  /** Attempts after the first. 0: none. */
  readonly count: number;
  readonly backoff: Backoff;
}

/** Bounds in ms; absent: none. `run` and `queued` hold per attempt, `deadline` for all. */
export interface TimeoutPolicy {
  readonly runMs?: number;
  readonly queuedMs?: number;
  readonly deadlineMs?: number;
}

/** Q2–Q4. `inherit` is the unset mode: as its caller. */
export type CachePolicy =
  | { readonly mode: 'inherit' }
  | { readonly mode: 'disable' }
  | {
      readonly mode: 'auto';
      readonly ignoredInputs: readonly string[];
      readonly salt?: string;
      readonly maxAgeMs?: number;
    }
  | {
      readonly mode: 'version';
      readonly version: string;
      readonly ignoredInputs: readonly string[];
      readonly salt?: string;
      readonly maxAgeMs?: number;
    };

export type Isolation = 'process' | 'inline' | 'container';

/** How long workers of a task are kept and shared; `false` in the API is `replicas: 0`. */
export interface ReusePolicy {
  readonly replicas?: number;
  readonly concurrency?: number;
  readonly idleTtlMs?: number;
}

/** A declared variable: taken from the command's environment, or set by the author. */
export type VariableSource =
  | { readonly kind: 'inherit' }
  | { readonly kind: 'set'; readonly value: string };

/** Every option of a task with environment < task < override already applied. */
export interface TaskOptions {
  readonly cache: CachePolicy;
  readonly retries: RetryPolicy;
  readonly timeout: TimeoutPolicy;
  readonly resources: ResourceRequest;
  readonly image?: ImageRequest;
  /** Absent: a task that names an image runs in it, any other in a process of this machine. */
  readonly isolation?: Isolation;
  /** Whether its container reaches the network, which is an impurity then (O8). */
  readonly network: boolean;
  readonly reuse: ReusePolicy | false;
  readonly variables: Readonly<Record<string, VariableSource>>;
  readonly secrets: readonly string[];
  readonly strict: boolean;
  readonly report: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly title?: string;
}

/** A task as its loaded module declares it: one row of the table a worker reports (Q1). */
export interface TaskRow {
  readonly id: TaskId;
  readonly environment: string;
  /** Number of declared parameters; further arguments are dropped (V5). */
  readonly parameters: readonly string[];
  /** True where the last parameter is a rest parameter: nothing is dropped then. */
  readonly rest: boolean;
  readonly options: TaskOptions;
  /**
   * A command task's program as written, `python3` or `/bin/sh`: on this machine its content counts
   * in the key.
   */
  readonly program?: string;
}

export type TaskTable = ReadonlyMap<TaskId, TaskRow>;

/** A task as analysis sees it: where it stands and what its code covers. */
export interface TaskDefinition {
  readonly id: TaskId;
  readonly name: string;
  /** Workspace-relative path, with `/`. */
  readonly module: string;
  readonly line: number;
  readonly column: number;
  readonly exported: boolean;
  /** Names of the declared parameters; `arg0` … where a parameter is a pattern. */
  readonly parameters: readonly string[];
  readonly rest: boolean;
  /** How many arguments have to be given; absent where the function could not be read. */
  readonly required?: number;
  readonly code: Digest;
}
