import { digestSize } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Trace } from '@skein/model';
import { blobsOf } from '@skein/store';
import type { BlobStore, EntryContent } from '@skein/store';
import { type InputsOut, discard } from './inputs-out.ts';
import type { LogsOut } from './log-out.ts';
import type { Packed } from './parcels.ts';
import { type Unshared, whyUnshared } from './why-unshared.ts';

/** Where the bytes of a blob are that the far side may not have. */
export type Source =
  | { readonly at: 'near' }
  | { readonly at: 'file'; readonly path: string }
  | { readonly at: 'memory'; readonly bytes: Uint8Array };

type Told = Pick<EntryContent, 'trace' | 'inputs' | 'log'>;

/** A trace with everything that travels with it. */
export interface Shipment extends Told {
  readonly blobs: ReadonlyMap<Digest, Source>;
  /** Removes what was made for it. */
  readonly discard: () => Promise<void>;
}

export type Prepared =
  | { readonly kind: 'ready'; readonly shipment: Shipment }
  | { readonly kind: 'unshared'; readonly why: Unshared }
  /** Inputs are not here, though they may be in a moment. */
  | { readonly kind: 'later' };

export interface PreparationOptions {
  readonly blobs: BlobStore;
  readonly inputs: InputsOut;
  readonly logs: LogsOut;
}

/**
 * Puts together what a trace needs on another machine. Inputs that are not here are waited for
 * where `mayWait`, otherwise left out: the far side then executes the caller (T5).
 */
export async function prepare(
  trace: Trace,
  mayWait: boolean,
  { blobs, inputs, logs }: PreparationOptions,
): Promise<Prepared> {
  const why = whyUnshared(trace, logs.judge(trace.log));
  if (why !== undefined) return { kind: 'unshared', why };
  const log = trace.log === null ? null : logs.gather(trace.log);
  if (log === undefined) return { kind: 'unshared', why: { kind: 'log-missing' } };
  const gathered = await inputs.gather(trace);
  if (gathered === 'missing' && mayWait) return { kind: 'later' };
  const told = typeof gathered === 'string' ? null : gathered;
  const content: Told = {
    trace,
    inputs: told?.inputs ?? null,
    log: log?.log ?? null,
  };
  const sources = new Map<Digest, Source>();
  for (const { blob, bytes } of [...(log?.parcels ?? []), ...(told?.parcels ?? [])]) {
    sources.set(blob, { at: 'memory', bytes });
  }
  if (told?.packed !== undefined) {
    sources.set(told.packed.blob, { at: 'file', path: told.packed.path });
  }
  const made: readonly Packed[] = log?.parcels ?? [];
  const packedSegments = new Set(made.map(({ blob }) => blob));
  for (const blob of blobsOf(content)) {
    // A segment that travelled before is on the far side already.
    const isOld = log?.log.segments.includes(blob) === true && !packedSegments.has(blob);
    if (!sources.has(blob) && !isOld) sources.set(blob, { at: 'near' });
  }
  const done = told === null ? () => Promise.resolve() : () => discard(told);
  const isWhole = await areNear(sources, blobs);
  if (!isWhole) {
    await done();
    return { kind: 'unshared', why: { kind: 'bytes-missing' } };
  }
  return { kind: 'ready', shipment: { ...content, blobs: sources, discard: done } };
}

async function areNear(sources: ReadonlyMap<Digest, Source>, blobs: BlobStore): Promise<boolean> {
  const near = [...sources].flatMap(([blob, { at }]) => (at === 'near' ? [blob] : []));
  return near.length === 0 || (await blobs.hasMany(near)).size === near.length;
}

/** Bytes of blobs together. */
export function sizeOf(blobs: Iterable<Digest>): number {
  let size = 0;
  for (const blob of blobs) size += digestSize(blob);
  return size;
}
