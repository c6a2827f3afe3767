import type { Digest } from '@skein/values';

/** What is packed into one artifact. */
export interface ShelfContent {
  /** The encoded value, where it is too large for the record. */
  readonly value: Uint8Array | undefined;
  /** Contents by digest, and where they lie. */
  readonly contents: readonly { readonly digest: Digest; readonly path: string }[];
}

/** The artifacts of a state directory, as an action needs them. */
export interface ArtifactShelf {
  pack(content: ShelfContent): Promise<Digest>;
  /** The value of that digest; `undefined` where the artifact is gone or damaged. */
  read(artifact: Digest, digest: Digest): Promise<Uint8Array | undefined>;
  /** Takes one file out, to `put` it elsewhere; false where it is gone. */
  take(artifact: Digest, file: Digest, put: (path: string) => Promise<unknown>): Promise<boolean>;
}

/** The artifacts of a state directory that this process can write. */
export interface WritableShelf extends ArtifactShelf {
  /** Takes a copy of a packed artifact in, and names it by what it holds. */
  keep(path: string): Promise<Digest>;
}
