import { DecodingError, decode } from '@skein/values';
import type { Digest } from '@skein/values';
import { StoredFormError, readChunk } from '@skein/model';
import type { LogPrefix } from '@skein/model';
import { INLINE_BYTES, LOG_CHUNKS_MAX, LOG_KIND, SEGMENT_CHUNKS } from '@skein/store';
import type { EntryLog, TraceStore } from '@skein/store';
import type { Packed, Parcels } from './parcels.ts';
import { type Unshared, outsideOf } from './why-unshared.ts';

/** A chunk with all before it, of which no more is held than it takes to share it. */
interface Link {
  readonly previous: Link | null;
  readonly digest: Digest;
  /** How many chunks there are up to it. */
  readonly count: number;
  /** What the chunks up to it have against being shared. */
  readonly against: Unshared | undefined;
}

/**
 * The logs of this machine's processes, as entries hold them: each chunk is read and judged once,
 * each full segment packed once.
 */
export class LogsOut {
  readonly #traces: TraceStore;
  readonly #parcels: Parcels;
  readonly #links = new Map<Digest, Link>();
  /** By the last chunk of each. */
  readonly #segments = new Map<Digest, Digest>();

  constructor(traces: TraceStore, parcels: Parcels) {
    this.#traces = traces;
    this.#parcels = parcels;
  }

  /** Why nothing that depends on the log is shared. */
  judge(prefix: LogPrefix | null): Unshared | undefined {
    if (prefix === null) return undefined;
    const link = this.#linkOf(prefix);
    return link === undefined ? { kind: 'log-missing' } : link.against;
  }

  /** A log against which there is nothing; `undefined` where a chunk of it went meanwhile. */
  gather(prefix: LogPrefix): { log: EntryLog; parcels: readonly Packed[] } | undefined {
    const links: Link[] = [];
    for (let at = this.#linkOf(prefix) ?? null; at !== null; at = at.previous) links.push(at);
    links.reverse();
    const parcels: Packed[] = [];
    const segments: Digest[] = [];
    const whole = links.length - (links.length % SEGMENT_CHUNKS);
    for (let start = 0; start < whole; start += SEGMENT_CHUNKS) {
      const of = links.slice(start, start + SEGMENT_CHUNKS);
      const blob = this.#segment(of, parcels);
      if (blob === undefined) return undefined;
      segments.push(blob);
    }
    const chunks = this.#bytesOf(links.slice(whole));
    if (chunks === undefined) return undefined;
    const size = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (size <= INLINE_BYTES) return { log: { segments, tail: { at: 'entry', chunks } }, parcels };
    const packed = this.#parcels.pack(chunks);
    parcels.push(packed);
    return { log: { segments, tail: { at: 'blob', blob: packed.blob } }, parcels };
  }

  #segment(links: readonly Link[], parcels: Packed[]): Digest | undefined {
    const last = links.at(-1)?.digest;
    const known = last === undefined ? undefined : this.#segments.get(last);
    if (known !== undefined && this.#parcels.isDelivered(known)) return known;
    const chunks = this.#bytesOf(links);
    if (chunks === undefined || last === undefined) return undefined;
    const packed = this.#parcels.pack(chunks);
    parcels.push(packed);
    this.#segments.set(last, packed.blob);
    return packed.blob;
  }

  #bytesOf(links: readonly Link[]): readonly Uint8Array[] | undefined {
    const chunks = links.map(({ digest }) => this.#traces.kept(LOG_KIND, digest));
    return chunks.every((bytes) => bytes !== undefined) ? chunks : undefined;
  }

  /** Without recursion: a log may be long. */
  #linkOf(prefix: LogPrefix): Link | undefined {
    const unread: { readonly digest: Digest; readonly own: Unshared | undefined }[] = [];
    let below: Link | null = null;
    for (let at: LogPrefix | null = prefix; at !== null;) {
      const known = this.#links.get(at.digest);
      if (known !== undefined) {
        below = known;
        break;
      }
      const chunk = this.#read(at);
      if (chunk === undefined) return undefined;
      const path = outsideOf(chunk.observations);
      const own: Unshared | undefined = path === undefined ? undefined : { kind: 'outside', path };
      unread.push({ digest: at.digest, own });
      at = chunk.previous;
    }
    for (const { digest, own } of unread.toReversed()) {
      const count: number = (below?.count ?? 0) + 1;
      const isTooLong = count > LOG_CHUNKS_MAX;
      const against: Unshared | undefined =
        below?.against ?? own ?? (isTooLong ? { kind: 'log-too-long' } : undefined);
      below = { previous: below, digest, count, against };
      this.#links.set(digest, below);
    }
    return below ?? undefined;
  }

  #read({ digest }: LogPrefix): ReturnType<typeof readChunk> | undefined {
    const bytes = this.#traces.kept(LOG_KIND, digest);
    if (bytes === undefined) return undefined;
    try {
      const chunk = readChunk(decode(bytes));
      return chunk.digest === digest ? chunk : undefined;
    } catch (error) {
      if (error instanceof DecodingError || error instanceof StoredFormError) return undefined;
      throw error;
    }
  }
}
