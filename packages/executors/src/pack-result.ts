import { encode, fileReference, inputDigest, packDigests, referencesIn } from '@skein/values';
import type { Digest } from '@skein/values';
import { FailureError } from '@skein/model';
import type { ResultOutcome } from '@skein/model';
import type { ArtifactShelf } from './artifact-shelf.ts';
import type { Services } from './services.ts';

/** Larger values are kept in an artifact rather than in the record itself (D3). */
export const INLINE_BYTES = 64 << 10;

export interface Packing {
  /** What a refusal calls the value. */
  readonly path?: string;
  /** Shown the bytes, however large. */
  readonly encoded?: (bytes: Uint8Array) => void;
}

/**
 * The result as an outcome. What names files, or is large, is written into the blob store here,
 * in the worker, so that the coordinator only hands on its digest. Throws `EncodingError` (V2).
 */
export function packResult(
  value: unknown,
  services: Services,
  { path = 'result', encoded = () => undefined }: Packing = {},
): ResultOutcome | Promise<ResultOutcome> {
  const { refuseText } = services.secrets;
  const bytes = encode(value, refuseText === undefined ? { path } : { path, refuseText });
  encoded(bytes);
  const digest = inputDigest(bytes);
  const files = filesIn(bytes);
  const isLarge = bytes.byteLength > INLINE_BYTES;
  if (files.length === 0 && !isLarge) {
    return { kind: 'result', digest, value: { at: 'inline', bytes } };
  }
  return packArtifact({ digest, bytes, files, isLarge }, services);
}

interface Unpacked {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly files: readonly Digest[];
  readonly isLarge: boolean;
}

async function packArtifact(
  { digest, bytes, files, isLarge }: Unpacked,
  services: Services,
): Promise<ResultOutcome> {
  const contents: { readonly digest: Digest; readonly path: string }[] = [];
  for (const file of files) {
    contents.push({ digest: file, path: await locate(file, services) });
  }
  const artifact = await services.shelf.pack({ value: isLarge ? bytes : undefined, contents });
  return {
    kind: 'result',
    digest,
    value: isLarge ? { at: 'artifact', artifact } : { at: 'inline', bytes },
    artifact,
    ...(files.length > 0 && { files: packDigests(files) }),
  };
}

/** The bytes of a large result. */
export async function readResult(
  outcome: ResultOutcome,
  shelf: ArtifactShelf,
): Promise<Uint8Array> {
  if (outcome.value.at === 'inline') return outcome.value.bytes;
  const { artifact } = outcome.value;
  const bytes = await shelf.read(artifact, outcome.digest);
  if (bytes !== undefined) return bytes;
  throw new FailureError({
    code: 'content-missing',
    kind: 'environment',
    headline: 'the bytes of a result are gone',
    facts: [['artifact', artifact]],
    hint: 'run again: what made it is executed again',
  });
}

/** Contents of all files and folders that an encoded value names, each once, in order. */
function filesIn(bytes: Uint8Array): readonly Digest[] {
  const found = new Set<Digest>();
  for (const reference of referencesIn(bytes)) {
    if (reference.kind === 'file') found.add(reference.digest);
    else if (reference.kind === 'dir') {
      for (const entry of reference.entries) found.add(entry.digest);
    }
  }
  return [...found];
}

/** Where the content is on this machine; a file that is only handed on may have to be fetched. */
async function locate(digest: Digest, { files }: Services): Promise<string> {
  const found = await files.locate(digest);
  return found ?? (await files.pathOf(fileReference({ name: 'content', digest })));
}
