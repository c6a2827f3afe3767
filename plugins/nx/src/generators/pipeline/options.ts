/** Options of `@skein/nx:pipeline`; schema.json says what they mean. */
export interface PipelineOptions {
  readonly directory: string;
  readonly name?: string;
  readonly unitTestRunner?: 'vitest' | 'none';
  readonly tags?: string;
  /** The present folder, from the root of the workspace on. */
  readonly workingDirectory?: string;
  readonly skipFormat?: boolean;
}
