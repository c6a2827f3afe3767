import type { Readable } from 'node:stream';
import { SharedStoreError } from '@skein/store';
import type { Call } from './call.ts';
import { Meter } from './meter.ts';
import type { ServerLimits } from './server-limits.ts';
import { watchUpload } from './upload-watch.ts';

export interface Receiving {
  readonly call: Call;
  /** The body is at most so long. */
  readonly most: number;
  readonly limits: ServerLimits;
}

/** Whoever sends the body went away, or is too slow. */
export class SenderError extends Error {
  override readonly name = 'SenderError';
}

/**
 * Gives the body of a request to `store` as fast as both sides go, and what `store` gives back.
 * Rejects with `SenderError`, `TooLong`, or what the storage says. A body that nobody wants is
 * read to its end and dropped, so that the client sees its answer.
 */
export async function receive<T>(
  { call, most, limits }: Receiving,
  store: (body: Readable, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { incoming } = call;
  const meter = new Meter(most);
  const giveUp = new AbortController();
  const late = Promise.withResolvers<never>();
  const cut = (error: Error): void => {
    late.reject(error);
    giveUp.abort(error);
    meter.destroy(error);
  };
  const left = (): void => {
    if (!incoming.complete) cut(new SenderError('the client went away'));
  };
  meter.on('error', (error) => cut(error));
  incoming.once('close', left).once('error', left);
  beginBody(call);
  incoming.pipe(meter);
  const watch = watchUpload(meter, limits, {
    sender: () => cut(new SenderError('the body comes too slowly')),
    storage: () => cut(new SharedStoreError('timeout', 'the storage takes no bytes')),
  });
  try {
    if (incoming.destroyed) left();
    return await Promise.race([store(meter, giveUp.signal), late.promise]);
  } finally {
    watch.stop();
    call.record.bytesIn += meter.bytes;
    incoming.unpipe(meter);
    meter.destroy();
    incoming.off('close', left);
    incoming.resume();
  }
}

/** The whole body, which is small. */
export function receiveWhole(receiving: Receiving): Promise<Buffer> {
  return receive(receiving, async (body) => {
    const chunks: Buffer[] = [];
    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  });
}

/** A client that asked whether to go on is told so when somebody wants its body. */
function beginBody({ incoming, outgoing }: Call): void {
  if (expectsContinue(incoming.headers.expect) && !outgoing.headersSent) outgoing.writeContinue();
}

export function expectsContinue(expect: string | undefined): boolean {
  return expect !== undefined && /(?:^|\W)100-continue(?:\W|$)/i.test(expect);
}
