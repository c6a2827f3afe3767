import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ServerLimits } from './server-limits.ts';

/**
 * Answers where nothing else serves for too long: a build that waits for its cache, or is refused
 * a connection, fails; one that is told "not there" goes on.
 */
export class LastResort {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(limits: ServerLimits) {
    this.#server = createServer(
      {
        maxHeaderSize: limits.headerBytes,
        headersTimeout: limits.headersMs,
        requestTimeout: limits.headersMs + limits.lingerMs,
        connectionsCheckingInterval: limits.headersMs / 2,
      },
      answer,
    );
    this.#server.emit('listening');
  }

  adopt(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#server.emit('connection', socket);
    // It came paused, for another process.
    socket.resume();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.emit('close');
  }
}

function answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const isNx = incoming.url?.startsWith('/v1/cache/') === true;
  const body = isNx
    ? 'the cache is not available\n'
    : '{"error":{"code":"too-many","message":"the cache is not available"}}\n';
  const status = !isNx ? 429 : incoming.method === 'PUT' ? 403 : 404;
  const type = isNx ? 'text/plain; charset=utf-8' : 'application/json';
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  // After its whole request, a client surely reads the answer.
  incoming.resume();
  incoming.once('end', () => {
    outgoing.writeHead(status, { ...headers, connection: 'close', 'retry-after': '1' });
    outgoing.end(body);
  });
  incoming.once('error', () => outgoing.destroy());
}
