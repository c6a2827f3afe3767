import { rm } from 'node:fs/promises';
import { OMITTED, digestSize, parseDigest, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Trace } from '@skein/model';
import { packArtifact } from '@skein/artifact';
import { INLINE_BYTES, INPUT_BLOB, PACK_BYTES_MAX, filesIn } from '@skein/store';
import type { BlobStore, EntryInputs, TraceStore } from '@skein/store';
import type { Packed, Parcels } from './parcels.ts';

export interface InputsOutOptions {
  readonly traces: TraceStore;
  readonly blobs: BlobStore;
  readonly parcels: Parcels;
  readonly locate: (file: Digest) => Promise<string | undefined>;
  readonly temporary: string;
}

/** Inputs of a trace's calls as an entry tells them, and the files that were made for it. */
export interface GatheredInputs {
  readonly inputs: EntryInputs;
  readonly parcels: readonly Packed[];
  /** An artifact of loose files: a file to upload, and to remove then. */
  readonly packed?: { readonly blob: Digest; readonly path: string };
}

/** Larger inputs are not looked into, so what they name could not be shared with them. */
const LARGE_BYTES_MAX = 64 * 1024 * 1024;

/** Digests of what the recorded calls are made with, each once. */
export function inputsOf({ waves }: Pick<Trace, 'waves'>): ReadonlySet<Digest> {
  const inputs = new Set<Digest>();
  for (const seen of waves.flat()) {
    if (seen.kind === 'call') for (const input of seen.inputs) inputs.add(input);
    if (seen.kind === 'map') for (const input of unpackDigests(seen.inputs)) inputs.add(input);
  }
  inputs.delete(OMITTED);
  return inputs;
}

/** Puts together what another machine needs to make a trace's calls (T5). */
export class InputsOut {
  readonly #options: InputsOutOptions;

  constructor(options: InputsOutOptions) {
    this.#options = options;
  }

  /** `missing`: something of it is not here, now or any more. `too-large`: it is not told. */
  async gather(trace: Trace): Promise<GatheredInputs | 'missing' | 'too-large'> {
    const small: Uint8Array[] = [];
    const large: { readonly input: Digest; readonly blob: Digest }[] = [];
    const files = new Set<Digest>();
    let size = 0;
    for (const input of inputsOf(trace)) {
      const value = this.#options.traces.valueOf(input);
      if (value === undefined) {
        const blob = this.#blobOf(input);
        if (blob === undefined) return 'missing';
        if (digestSize(blob) > LARGE_BYTES_MAX) return 'too-large';
        large.push({ input, blob });
      } else {
        small.push(value);
        size += value.byteLength;
      }
      const bytes = value ?? (await this.#bytesOf(large.at(-1)?.blob));
      const named = bytes === undefined ? undefined : filesIn(bytes);
      if (named === undefined) return 'missing';
      for (const file of named) files.add(file);
      if (size > PACK_BYTES_MAX / 2) return 'too-large';
    }
    const kept = await this.#keptIn(files);
    if (kept === undefined) return 'missing';
    const isInline = size <= INLINE_BYTES;
    const pack = isInline ? undefined : this.#options.parcels.pack(small);
    return {
      inputs: {
        small: isInline ? small : [],
        pack: pack === undefined ? null : { blob: pack.blob, size: pack.size },
        large,
        files: kept.files,
      },
      parcels: pack === undefined ? [] : [pack],
      ...(kept.packed === undefined ? {} : { packed: kept.packed }),
    };
  }

  #blobOf(input: Digest): Digest | undefined {
    const name = this.#options.traces.kept(INPUT_BLOB, input);
    return name === undefined ? undefined : parseDigest(Buffer.from(name).toString('latin1'));
  }

  async #bytesOf(blob: Digest | undefined): Promise<Uint8Array | undefined> {
    return blob === undefined ? undefined : this.#options.blobs.get(blob);
  }

  /** Artifacts that hold the files; loose ones are packed into one of their own. */
  async #keptIn(
    files: ReadonlySet<Digest>,
  ): Promise<
    { readonly files: EntryInputs['files']; readonly packed?: GatheredInputs['packed'] } | undefined
  > {
    const { traces, blobs, locate } = this.#options;
    const byArtifact = new Map<Digest, Digest[]>();
    const loose: { readonly digest: Digest; readonly path: string }[] = [];
    for (const digest of files) {
      const artifact = traces.artifactOf(digest);
      if (artifact !== undefined && (await blobs.has(artifact))) {
        const held = byArtifact.get(artifact);
        if (held === undefined) byArtifact.set(artifact, [digest]);
        else held.push(digest);
        continue;
      }
      const path = await locate(digest);
      if (path === undefined) return undefined;
      loose.push({ digest, path });
    }
    const inArtifacts = Array.from(byArtifact, ([artifact, held]) => ({ artifact, files: held }));
    if (loose.length === 0) return { files: inArtifacts };
    const packed = await packArtifact({ files: loose }, this.#options.temporary);
    if (!packed.ok) return undefined;
    const { digest: artifact, path } = packed.value;
    const held = loose.map(({ digest }) => digest);
    return {
      files: [...inArtifacts, { artifact, files: held }],
      packed: { blob: artifact, path },
    };
  }
}

/** Removes what was made to be uploaded. */
export async function discard({ packed }: GatheredInputs): Promise<void> {
  if (packed !== undefined) await rm(packed.path, { force: true });
}
