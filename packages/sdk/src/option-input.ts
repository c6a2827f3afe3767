import type { Isolation } from '@skein/model';
import type { Duration } from './duration.ts';
import type { ImageInput } from './image.ts';
import type { Size } from './size.ts';

/**
 * Options as authors write them, on an environment or a task. Environment < task < override:
 * each option that is given replaces the whole option of the level below.
 */
export interface TaskOptionsInput {
  /** Unset: as its caller; `'disable'` for the entry of a run. */
  readonly cache?: 'auto' | 'disable' | CacheInput;
  /** Attempts after the first, 0 unless told; the back-off is 0.5 s · 2ⁿ up to 30 s. */
  readonly retries?: number | RetryInput;
  /** One duration bounds each attempt's running time. */
  readonly timeout?: Duration | TimeoutInput;
  readonly resources?: ResourceInput;
  /**
   * What it runs in: a reference, `ghcr.io/acme/x:1.4`, or what `image({ … })` gave. Its digest is
   * part of the key.
   */
  readonly image?: ImageInput;
  /**
   * Where it runs. Unset: in its image if it names one, else in a process of this machine.
   * `'container'` without an image: in the default image of the configuration.
   */
  readonly isolation?: Isolation;
  /**
   * Whether its container reaches the network. Unset: false, a container has none; true is an
   * impurity. On this machine it has no meaning.
   */
  readonly network?: boolean;
  /** How its worker is kept and shared; `false`: a worker of its own for each action. */
  readonly reuse?: false | ReuseInput;
  /** Names taken from the command's environment, or a record that sets them. */
  readonly variables?: readonly string[] | Readonly<Record<string, string>>;
  /** Names of variables that are in this action's environment alone, and never in a key. */
  readonly secrets?: readonly string[];
  /** True: an impurity is an error. */
  readonly strict?: boolean;
  readonly report?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** What people read instead of the task's name. */
  readonly title?: string;
}

/** `version`: the author vouches for the code; without it as `'auto'` with these settings. */
export interface CacheInput {
  readonly version?: string;
  /** Names of parameters that do not count. */
  readonly ignoredInputs?: readonly string[];
  readonly salt?: string;
  /** How old a result may be to be reused. */
  readonly maxAge?: Duration;
}

export interface RetryInput {
  readonly count: number;
  readonly backoff?: {
    /** Wait before the second attempt: `'500ms'` unless told. */
    readonly base?: Duration;
    /** What each further wait is multiplied by: 2 unless told. */
    readonly factor?: number;
    /** The longest wait: `'30s'` unless told. */
    readonly cap?: Duration;
  };
}

/** `run` and `queued` bound each attempt; `deadline` all attempts together. */
export interface TimeoutInput {
  readonly run?: Duration;
  readonly queued?: Duration;
  readonly deadline?: Duration;
}

/** What an action needs while it runs; without it no token is taken. */
export interface ResourceInput {
  /** Cores; fractions allowed. */
  readonly cpu?: number;
  readonly memory?: Size;
  readonly gpu?: number;
  readonly disk?: Size;
  readonly shm?: Size;
  /** Named tokens; their capacities are in the configuration. */
  readonly tokens?: Readonly<Record<string, number>>;
}

export interface ReuseInput {
  readonly replicas?: number;
  /** Running actions in one worker. */
  readonly concurrency?: number;
  readonly idleTtl?: Duration;
}

/** What `task.override` takes: every option, and `signal`, which cancels that one call. */
export interface OverrideInput extends TaskOptionsInput {
  readonly signal?: AbortSignal;
}

/** What `environment` takes: a name, and options for all of its tasks. */
export interface EnvironmentInput extends TaskOptionsInput {
  readonly name: string;
}
