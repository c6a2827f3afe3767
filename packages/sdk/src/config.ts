/** What holds for every run in a workspace: `skein.config.ts` at its root exports it as default. */
export interface WorkspaceConfig {
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
}

/** Gives the configuration back; so that an editor knows its type. */
export function defineConfig(config: WorkspaceConfig): WorkspaceConfig {
  return config;
}
