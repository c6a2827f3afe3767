import type { Digest, DirEntry } from '@skein/values';

/**
 * What a worker that cannot write the state has the coordinator do there. The answer is a path, or
 * the digest of what was kept.
 */
export type CustodyRequest =
  /** Takes in content, or a packed artifact, that lies under a plain name in the outbox. */
  | { readonly what: 'keep-file' | 'keep-artifact'; readonly name: string; readonly digest: Digest }
  /** Has content at hand in the state's folder of files, under this name. */
  | { readonly what: 'lay-out-file'; readonly name: string; readonly digest: Digest }
  | { readonly what: 'lay-out-dir'; readonly entries: readonly DirEntry[] };
