import type { Digest } from '@skein/values';

/** Which state of the sources a run's code was, beside the digests of its bundle and manifests. */
export interface CodeVersion {
  /** The version of Skein. */
  readonly skein: string;
  /** Git's commit; absent where there is no repository, or no commit yet. */
  readonly commit?: string;
  /** The branch, where one is checked out. */
  readonly branch?: string;
  /** Workspace-relative files of the run's code that differ from the commit; absent: not known. */
  readonly dirty?: readonly string[];
  /** The lock file of the workspace. */
  readonly lockfile?: { readonly path: string; readonly digest: Digest };
}
