import { DecodingError, decode, encode } from '@skein/values';

/** The media type of encoded values, and of streams of them. */
export const SKEIN_TYPE = 'application/vnd.skein';

const HEAD_BYTES = 4;

/** What comes over the wire is no stream of frames, or passes a limit. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly trouble: 'garbage' | 'too-large' | 'truncated';

  constructor(trouble: FrameError['trouble'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}

/** A frame: the length of the encoded value as 32 bits, big-endian, then the value. */
export function encodeFrame(value: unknown): Uint8Array {
  const bytes = encode(value);
  const frame = Buffer.allocUnsafe(HEAD_BYTES + bytes.byteLength);
  frame.writeUInt32BE(bytes.byteLength);
  frame.set(bytes, HEAD_BYTES);
  return frame;
}

export interface FrameLimits {
  /** Bytes of one frame, and of the whole stream. */
  readonly frameBytes: number;
  readonly totalBytes: number;
}

/**
 * The values of a stream of frames as they come. Never more than one frame and one piece of the
 * stream are in memory. Throws a `FrameError`, and whatever the stream throws.
 */
export async function* readFrames(
  stream: AsyncIterable<Uint8Array>,
  limits: FrameLimits,
): AsyncGenerator<unknown, undefined> {
  let held: Uint8Array[] = [];
  let size = 0;
  let total = 0;
  for await (const piece of stream) {
    total += piece.byteLength;
    if (total > limits.totalBytes) throw new FrameError('too-large', 'the stream is too long');
    held.push(piece);
    size += piece.byteLength;
    if ((held[0]?.byteLength ?? 0) < HEAD_BYTES) held = [Buffer.concat(held, size)];
    if (size < wantedBy(held[0], size, limits)) continue;
    let rest = Buffer.concat(held, size);
    while (rest.length >= wantedBy(rest, rest.length, limits)) {
      const end = HEAD_BYTES + rest.readUInt32BE();
      yield valueOf(rest.subarray(HEAD_BYTES, end));
      rest = rest.subarray(end);
    }
    held = [rest];
    size = rest.length;
  }
  if (size > 0) throw new FrameError('truncated', 'the stream ends within a frame');
}

/** Bytes of the first frame, as far as that is known; `start` holds its head once it is there. */
function wantedBy(start: Uint8Array | undefined, size: number, limits: FrameLimits): number {
  if (start === undefined || size < HEAD_BYTES) return HEAD_BYTES;
  const length = Buffer.from(start.buffer, start.byteOffset, HEAD_BYTES).readUInt32BE();
  if (length > limits.frameBytes) throw new FrameError('too-large', 'a frame is too long');
  return HEAD_BYTES + length;
}

function valueOf(bytes: Uint8Array): unknown {
  try {
    // A copy: what is kept of one value does not hold the whole stream in memory.
    return decode(bytes, { codecs: [] });
  } catch (error) {
    if (!(error instanceof DecodingError)) throw error;
    throw new FrameError('garbage', 'a frame holds no value', { cause: error });
  }
}
