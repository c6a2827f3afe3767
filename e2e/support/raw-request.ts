import { connect } from 'node:net';

export interface RawRequest {
  readonly host: string;
  readonly port: number;
  readonly bytes: Buffer;
  /** Nothing comes behind the bytes, and the server is told so at once. */
  readonly ends: boolean;
}

/** How long a server may think about a request that may or may not be whole. */
const IDLE_MS = 1_500;

/**
 * Sends bytes and gives all that comes back. The connection is given up when the server closes it,
 * when an answer is whole, or when nothing moves: a request that lies about its length is one that
 * the server is right to wait for.
 */
export async function sendRaw({ host, port, bytes, ends }: RawRequest): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  const socket = connect({ host, port });
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (!ends && isWhole(Buffer.concat(chunks))) socket.destroy();
  });
  // A server may close before it has read everything: what it said before that is its answer.
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(Buffer.concat(chunks)));
  if (ends) socket.end(bytes);
  else socket.write(bytes);
  return await promise;
}

/** Whether the bytes hold one final answer to its end. */
function isWhole(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const head = text.slice(0, headEnd);
  if (/^HTTP\/1\.1 1\d\d/.test(head)) return isWhole(bytes.subarray(headEnd + 4));
  if (/^HTTP\/1\.1 (?:204|304)/.test(head)) return true;
  if (/^transfer-encoding: *chunked/im.test(head)) return text.endsWith('\r\n0\r\n\r\n');
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return length !== undefined && bytes.length >= headEnd + 4 + Number(length);
}

/** The status of every answer in the bytes. */
export function statusesIn(answer: Buffer): readonly number[] {
  const lines = answer.toString('latin1').matchAll(/HTTP\/1\.[01] (\d{3}) /g);
  return [...lines].map(([, status]) => Number(status));
}
