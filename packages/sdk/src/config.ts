import type { Duration } from './duration.ts';
import type { ImageInput } from './image.ts';

/**
 * What the Nx targets of a project run unless they say otherwise: `skein.config.ts` of the project
 * exports it as default. That of a workspace which is one project may say it too.
 */
export interface ProjectConfig {
  /** The pipeline, a module, from the folder of the project on. Default: `src/main.ts`. */
  readonly entry?: string;
  /** Default: `main`, or the module's only task. */
  readonly task?: string;
  /**
   * Inputs by parameter name, in Skein's JSON form. Paths start at the root of the workspace;
   * `{projectRoot}` stands for the folder of the project.
   */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** What holds for every run in a workspace: `skein.config.ts` at its root exports it as default. */
export interface WorkspaceConfig extends ProjectConfig {
  /**
   * Names of packages that only pass on what they read, and keep none of it: what a task reads
   * through them is its own observation, and no later action's in the same process (O3).
   */
  readonly passThrough?: readonly string[];
  /** How much there is of each named token that tasks ask for in `resources.tokens` (X2). */
  readonly tokens?: Readonly<Record<string, number>>;
  /**
   * The gpus that tasks get by `resources.gpu`: how many, or their names as `CUDA_VISIBLE_DEVICES`
   * lists them. Default: those that the command's `CUDA_VISIBLE_DEVICES` names, else those that
   * the machine has.
   */
  readonly gpus?: number | readonly string[];
  /**
   * What a result survives once it is acknowledged (D2). `process` (default): the death of any
   * process. `power`: a power cut too, for a sync to disk with each group of results.
   */
  readonly durability?: 'process' | 'power';
  /**
   * Where results are shared: the address of a `skein cache-server`, such as
   * `https://cache.example.com`, or a bucket, `s3://bucket/prefix`. Default: they are not. The
   * variables SKEIN_REMOTE and SKEIN_REMOTE_MODE and the flags of a command win over it; the token
   * is in SKEIN_REMOTE_TOKEN only.
   */
  readonly remote?: string | RemoteInput;
  /** How tasks run in containers. Default: by what is found on the machine. */
  readonly container?: ContainerInput;
}

/** The engine that runs containers, and what they run in. */
export interface ContainerInput {
  /** `podman`, `docker`, or the absolute path of either. Default: the first that is found. */
  readonly engine?: string;
  /**
   * What a task runs in that names no image, by `--executor container` or
   * `isolation: 'container'`: a reference, or what `image({ … })` gives.
   */
  readonly image?: ImageInput;
  /** Where images that are built are pushed: `localhost:5000/team`. Default: nowhere. */
  readonly registry?: string;
  /** The engine's network mode for tasks of `network: true`. Default: the engine's own. */
  readonly network?: string;
  /**
   * `uid:gid` that tasks run as. Default: whoever runs the command, or 65534:65534 where that is
   * root.
   */
  readonly user?: string;
  /** Registries that speak plain http: `cache.lan:5000`. Those of this machine always may. */
  readonly insecureRegistries?: readonly string[];
  /** Further arguments of `podman run` or `docker run`. */
  readonly runArgs?: readonly string[];
}

/** A remote, and how it is used. */
export interface RemoteInput {
  readonly url: string;
  /** What a run does with it. Default: `read-write`, as far as the token allows. */
  readonly mode?: 'read' | 'write' | 'read-write' | 'off';
  /** In a bucket without a server: where entries are kept. Default: `trusted`. */
  readonly scope?: string;
  /** Public keys of writers, base64: only their entries are believed. Default: the server's. */
  readonly trust?: readonly string[];
  /**
   * File of the writer's private key, from the root of the workspace on. Default: a key that is
   * made on first use and kept with the user.
   */
  readonly key?: string;
  /**
   * How long the end of a run waits for what is still to be shared. Default: `'10m'`, and 10 s
   * while nothing moves.
   */
  readonly patience?: Duration;
  /** Bound on one answer. Default: `'10s'`. */
  readonly timeout?: Duration;
}

/** Gives the configuration back; so that an editor knows its type. */
export function defineConfig(config: WorkspaceConfig): WorkspaceConfig {
  return config;
}
