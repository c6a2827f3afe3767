import { storageFailure } from '@skein/model';
import type { Failure } from '@skein/model';

/** Why an archive is not taken for an artifact: stable codes, the fact `reason` of the failure. */
export type RefusalReason =
  | 'absolute'
  | 'bomb-count'
  | 'bomb-ratio'
  | 'bomb-size'
  | 'case-folding'
  | 'damaged'
  | 'device'
  | 'duplicate'
  | 'entry-header'
  | 'entry-type'
  | 'link'
  | 'missing'
  | 'order'
  | 'trailing'
  | 'traversal'
  | 'truncated'
  | 'unknown-entry'
  | 'unknown-format'
  | 'wrong-digest';

/** Ends reading or packing; becomes a failure before it leaves this package. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.reason = reason;
  }
}

/** `artifact-invalid`, `disk-full` or `state-unwritable`; throws what is none of these: a bug. */
export function artifactFailure(error: unknown, path: string): Failure {
  if (error instanceof Refusal) return invalid(error.reason, error.message, path);
  const compressed = compressionReason(error);
  if (compressed !== undefined) return invalid(compressed, DETAILS[compressed], path);
  const failure = storageFailure(error, path);
  if (failure === undefined) throw error;
  return failure;
}

function invalid(reason: RefusalReason, detail: string, path: string): Failure {
  return {
    code: 'artifact-invalid',
    kind: 'environment',
    headline: 'an artifact is not what Skein packs and is refused',
    facts: [
      ['path', path],
      ['reason', reason],
      ['detail', detail],
    ],
  };
}

/** A name out of an archive: whatever it holds, it stays one line of plain text. */
export function quoted(name: string): string {
  return JSON.stringify(name).replaceAll(/[^\x20-\x7e]/gu, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return `\\u{${hex}}`;
  });
}

type CompressionReason = Extract<RefusalReason, 'bomb-size' | 'damaged' | 'truncated'>;

const DETAILS: Readonly<Record<CompressionReason, string>> = {
  'bomb-size': 'decompressing it needs more memory than a reader gives',
  damaged: 'it is not whole zstd',
  truncated: 'its compressed bytes end in the middle',
};

/** Errors of `node:zlib`: an end that came too early, a window too large, or no zstd. */
function compressionReason(error: unknown): CompressionReason | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (error.code === 'Z_BUF_ERROR') return 'truncated';
  if (error.code === 'ZSTD_error_frameParameter_windowTooLarge') return 'bomb-size';
  return String(error.code).startsWith('ZSTD_error') ? 'damaged' : undefined;
}
