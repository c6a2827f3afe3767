/** What an action needs while it runs (X2). Absent: no token taken. */
export interface ResourceRequest {
  /** Cores; fractions allowed. */
  readonly cpu?: number;
  readonly memoryBytes?: number;
  readonly gpu?: number;
  readonly diskBytes?: number;
  readonly shmBytes?: number;
  /** Named tokens, capacities in the configuration. */
  readonly tokens?: Readonly<Record<string, number>>;
}

/** What there is to give. */
export interface ResourceCapacity {
  readonly cpu: number;
  readonly memoryBytes: number;
  /** Names of the gpus, as `CUDA_VISIBLE_DEVICES` lists them. */
  readonly gpus: readonly string[];
  readonly diskBytes: number;
  readonly tokens: Readonly<Record<string, number>>;
}
