/** First entry of every artifact, empty: the format and its version. */
export const MARKER = 'skein-artifact-v1';

/** Entry of the encoded value. */
export const VALUE_ENTRY = 'value';

/** Entry of a file: this, and the 64 digits of its digest. */
export const FILE_PREFIX = 'files/';

/** A tar is made of these. */
export const BLOCK_BYTES = 512;

/** What an artifact may be; beyond, it is refused as a bomb, and never packed. */
export interface ArtifactLimits {
  readonly entries: number;
  /** Bytes of the tar. */
  readonly bytes: number;
  /** Bytes of the tar for each byte of the file, above one mebibyte. */
  readonly ratio: number;
}

export const LIMITS: ArtifactLimits = { entries: 1_000_000, bytes: 2 ** 38, ratio: 1_000 };

/** Up to this size no ratio is suspicious. */
export const RATIO_FLOOR_BYTES = 1 << 20;

/** How large a tar may become that is read from a file of this size. */
export function largestTar(fileBytes: number, { bytes, ratio }: ArtifactLimits): number {
  return Math.min(bytes, Math.max(RATIO_FLOOR_BYTES, fileBytes * ratio));
}

/** What an entry of `size` bytes is padded with. */
export function paddingOf(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}
