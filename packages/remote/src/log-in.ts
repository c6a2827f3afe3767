import { DecodingError, decode, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import { StoredFormError, readChunk, storeChunk } from '@skein/model';
import type { LogChunk, LogPrefix } from '@skein/model';
import { LOG_KIND, SEGMENT_CHUNKS, areObservations, unpackList } from '@skein/store';
import type { EntryLog, TraceStore } from '@skein/store';

export interface LogsInOptions {
  readonly traces: TraceStore;
  /** A small far blob, verified. */
  readonly read: (blob: Digest, mostBytes: number) => Promise<Uint8Array | undefined>;
}

/** Bytes of a segment, as it travels and unpacked. */
const SEGMENT_BYTES = 16 * 1024 * 1024;
const SEGMENT_BYTES_UNPACKED = 64 * 1024 * 1024;

/** A segment whose chunks are kept. */
interface Segment {
  /** What its first chunk follows, and what its last chunk is. */
  readonly follows: LogPrefix | null;
  readonly last: LogPrefix;
}

/**
 * The logs of other machines' processes (O3). A log is whole here, or its traces are not learned:
 * nothing could be checked without it.
 */
export class LogsIn {
  readonly #options: LogsInOptions;
  /** Many entries of a process share them. */
  readonly #segments = new Map<Digest, Promise<Segment | undefined>>();

  constructor(options: LogsInOptions) {
    this.#options = options;
  }

  /** Whether the log is here now, down to its first chunk. */
  async bring(prefix: LogPrefix, log: EntryLog): Promise<boolean> {
    if (this.#options.traces.kept(LOG_KIND, prefix.digest) !== undefined) return true;
    let end: LogPrefix | null = null;
    const segments = await Promise.all(log.segments.map((blob) => this.#segment(blob)));
    for (const segment of segments) {
      if (segment === undefined || !isSame(segment.follows, end)) return false;
      end = segment.last;
    }
    const tail = log.tail.at === 'entry' ? log.tail.chunks : await this.#unpack(log.tail.blob);
    const chunks = tail === undefined ? undefined : chain(tail, end);
    if (chunks === undefined) return false;
    const last = chunks.at(-1) ?? end;
    if (!isSame(last, prefix)) return false;
    this.#keep(chunks);
    return true;
  }

  #segment(blob: Digest): Promise<Segment | undefined> {
    const known = this.#segments.get(blob);
    if (known !== undefined) return known;
    const segment = this.#readSegment(blob);
    this.#segments.set(blob, segment);
    return segment;
  }

  async #readSegment(blob: Digest): Promise<Segment | undefined> {
    const stored = await this.#unpack(blob);
    if (stored?.length !== SEGMENT_CHUNKS) return undefined;
    const chunks = chain(stored);
    const [first] = chunks ?? [];
    const last = chunks?.at(-1);
    if (chunks === undefined || first === undefined || last === undefined) return undefined;
    this.#keep(chunks);
    return { follows: first.previous, last };
  }

  async #unpack(blob: Digest): Promise<readonly Uint8Array[] | undefined> {
    const bytes = await this.#options.read(blob, SEGMENT_BYTES);
    return bytes === undefined ? undefined : unpackList(bytes, SEGMENT_BYTES_UNPACKED);
  }

  #keep(chunks: readonly LogChunk[]): void {
    for (const chunk of chunks) {
      this.#options.traces.keep(LOG_KIND, chunk.digest, encode(storeChunk(chunk)));
    }
  }
}

/**
 * Chunks that follow each other, and the first of them `after`, where it is told; `undefined` where
 * they do not, or are none.
 */
function chain(
  stored: readonly Uint8Array[],
  after?: LogPrefix | null,
): readonly LogChunk[] | undefined {
  const chunks: LogChunk[] = [];
  let end = after;
  for (const bytes of stored) {
    const chunk = readStored(bytes);
    if (chunk === undefined || !areObservations(chunk.observations)) return undefined;
    if (end !== undefined && !isSame(chunk.previous, end)) return undefined;
    chunks.push(chunk);
    end = chunk;
  }
  return chunks;
}

function readStored(bytes: Uint8Array): LogChunk | undefined {
  try {
    return readChunk(decode(bytes, { codecs: [] }));
  } catch (error) {
    if (error instanceof DecodingError || error instanceof StoredFormError) return undefined;
    throw error;
  }
}

function isSame(one: LogPrefix | null, other: LogPrefix | null): boolean {
  return one?.digest === other?.digest && one?.length === other?.length;
}
