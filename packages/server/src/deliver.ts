import type { ServerResponse } from 'node:http';
import type { Call } from './call.ts';
import { within } from './deadline.ts';
import { expectsContinue } from './receive.ts';
import type { FramesReply, Reply, StreamReply, WholeReply } from './reply.ts';
import type { ServerLimits } from './server-limits.ts';

const BYTES = 'application/octet-stream';

/**
 * Sends an answer, as fast as the client takes it. Rejects only while nothing of it was sent, so
 * that another one can be; what breaks later cuts the connection, which every client notices.
 */
export async function deliver(call: Call, reply: Reply, limits: ServerLimits): Promise<void> {
  const { incoming, outgoing } = call;
  if (outgoing.destroyed) return drop(reply);
  // Whoever waits for "100 Continue" in vain may send its body, or the next request.
  if (expectsContinue(incoming.headers.expect) && !incoming.readableDidRead) {
    outgoing.setHeader('connection', 'close');
  }
  if (reply.kind === 'whole') return sendWhole(call, reply);
  if (reply.kind === 'frames') return await sendFrames(call, reply, limits);
  outgoing.writeHead(200, { 'content-type': BYTES, 'content-length': reply.size });
  if (incoming.method === 'HEAD') {
    drop(reply);
    outgoing.end();
    return;
  }
  await cutOnFailure(call, () => sendStream(call, reply, limits));
}

function sendWhole({ outgoing, incoming, record }: Call, reply: WholeReply): void {
  const { status, type, body, headers, trouble } = reply;
  record.trouble ??= trouble;
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  outgoing.writeHead(status, {
    ...headers,
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(status === 204 ? {} : { 'content-length': length }),
  });
  if (incoming.method !== 'HEAD') record.bytesOut += length;
  outgoing.end(incoming.method === 'HEAD' ? undefined : body);
}

async function sendStream(call: Call, reply: StreamReply, limits: ServerLimits): Promise<void> {
  const chunks = reply.body.iterator() as AsyncIterator<Uint8Array>;
  let left = reply.size;
  const next = () => within({ ms: limits.storageMs, signal: call.signal }, () => chunks.next());
  try {
    for (let step = await next(); step.done !== true; step = await next()) {
      left -= step.value.length;
      if (left < 0) throw new Error('there are more bytes than its size says');
      await write(call, step.value, limits);
    }
    if (left > 0) throw new Error('there are less bytes than its size says');
    await finish(call.outgoing, limits);
  } finally {
    reply.body.destroy();
  }
}

async function sendFrames(call: Call, reply: FramesReply, limits: ServerLimits): Promise<void> {
  const chunks = reply.chunks[Symbol.asyncIterator]();
  const next = () => within({ ms: limits.storageMs, signal: call.signal }, () => chunks.next());
  // Whether the storage answers at all shows with the first one, while a refusal is possible.
  const first = await next();
  call.outgoing.writeHead(200, { 'content-type': reply.type });
  await cutOnFailure(call, async () => {
    try {
      for (let step = first; step.done !== true; step = await next()) {
        await write(call, step.value, limits);
      }
      await finish(call.outgoing, limits);
    } finally {
      chunks.return?.().catch(() => undefined);
    }
  });
}

async function cutOnFailure({ outgoing, record }: Call, send: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    record.trouble ??= `cut: ${error instanceof Error ? error.message : String(error)}`;
    outgoing.destroy();
  }
}

async function write(call: Call, bytes: Uint8Array, limits: ServerLimits): Promise<void> {
  const { outgoing, record } = call;
  if (outgoing.destroyed) throw new Error('the client went away');
  record.bytesOut += bytes.length;
  if (!outgoing.write(bytes)) await settled(outgoing, 'drain', limits.stallMs);
}

async function finish(outgoing: ServerResponse, limits: ServerLimits): Promise<void> {
  const sent = settled(outgoing, 'finish', limits.stallMs);
  outgoing.end();
  await sent;
}

function settled(outgoing: ServerResponse, event: 'drain' | 'finish', ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      clearTimeout(timer);
      outgoing.off(event, done).off('close', gone);
      if (error === undefined) resolve();
      else reject(error);
    };
    const done = (): void => end();
    const gone = (): void => end(new Error('the client went away'));
    const timer = setTimeout(() => end(new Error('the client takes no bytes')), ms);
    outgoing.once(event, done).once('close', gone);
  });
}

function drop(reply: Reply): void {
  if (reply.kind === 'stream') reply.body.destroy();
}
