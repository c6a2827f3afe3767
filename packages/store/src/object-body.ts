import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createDigester } from '@skein/values';
import type { Digest } from '@skein/values';
import { ObjectError } from './objects.ts';
import type { ObjectBody, ObjectCall } from './objects.ts';

const PIECE_BYTES = 1 << 16;

export interface BodyLimits extends ObjectCall {
  /** How long a stream may be silent. */
  readonly timeoutMs: number;
}

export function bodySize(body: ObjectBody): number {
  return body.kind === 'bytes' ? body.bytes.byteLength : body.size;
}

/**
 * The pieces of a body, exactly as many bytes as it said. Throws an `ObjectError`: `body` where it
 * broke (its error is the cause), ended early or went on; `timeout` after silence; `aborted`.
 */
export async function* piecesOf(
  body: ObjectBody,
  limits: BodyLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfAborted(limits.signal);
  if (body.kind === 'bytes') {
    yield body.bytes;
    return;
  }
  const stream =
    body.kind === 'stream'
      ? body.open()
      : createReadStream(body.path, { highWaterMark: PIECE_BYTES });
  let trouble: ObjectError | undefined;
  const stop = (error: ObjectError): void => {
    trouble ??= error;
    stream.destroy(error);
  };
  const silence = setTimeout(
    () => stop(new ObjectError('timeout', 'nothing came for too long')),
    limits.timeoutMs,
  );
  const abort = (): void => stop(abortError(limits.signal));
  limits.signal?.addEventListener('abort', abort, { once: true });
  let left = body.size;
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      silence.refresh();
      left -= piece.byteLength;
      if (left < 0) throw new ObjectError('body', 'there is more to store than was announced');
      yield piece;
    }
  } catch (error) {
    throw trouble ?? bodyError(error);
  } finally {
    clearTimeout(silence);
    limits.signal?.removeEventListener('abort', abort);
  }
  if (trouble !== undefined) throw trouble;
  if (left > 0) throw new ObjectError('body', 'there is less to store than was announced');
}

/** Digest of what is read from a store; rejects where the store stops answering on the way. */
export async function digestOfBody(body: Readable): Promise<Digest> {
  const digester = createDigester('blob');
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) digester.update(piece);
  } catch (error) {
    if (error instanceof ObjectError) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new ObjectError('unreachable', `reading broke off: ${cause}`, { cause: error });
  }
  return digester.finish();
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}

/** A signal that ran out of time is a time-out, any other was given up by the caller. */
export function abortError(signal: AbortSignal | undefined): ObjectError {
  const reason: unknown = signal?.reason;
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  return isLate
    ? new ObjectError('timeout', 'it took too long', { cause: reason })
    : new ObjectError('aborted', 'it was given up', { cause: reason });
}

function bodyError(error: unknown): ObjectError {
  if (error instanceof ObjectError) return error;
  const cause = error instanceof Error ? error.message : String(error);
  return new ObjectError('body', `what was to be stored broke off: ${cause}`, { cause: error });
}
