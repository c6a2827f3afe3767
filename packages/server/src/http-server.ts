import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { ServerApp } from './app.ts';
import { markExcess } from './excess.ts';
import type { Metrics } from './metrics.ts';
import type { ServerLimits } from './server-limits.ts';

export interface HttpOptions {
  readonly limits: ServerLimits;
  readonly metrics: Metrics;
}

/** How long a server may take to come to its end. */
export interface Draining {
  /** Idle connections are kept so long, for a request that is on its way. */
  readonly idleMs: number;
  /** Then requests are cut. */
  readonly mostMs: number;
}

const MOST_CHECK_MS = 5_000;
const MOST_HEADERS = 100;
const MALFORMED: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** An HTTP server that is told its connections, or listens itself. */
export class HttpServer {
  readonly server: Server;
  readonly #limits: ServerLimits;
  readonly #metrics: Metrics;
  readonly #sockets = new Set<Socket>();
  readonly #inFlight = new Set<ServerResponse>();
  #draining = false;
  #drained: (() => void) | undefined;
  #closesIdle = false;

  constructor(app: ServerApp, { limits, metrics }: HttpOptions) {
    this.#limits = limits;
    this.#metrics = metrics;
    const answer = getRequestListener(app.fetch, {
      overrideGlobalObjects: false,
      autoCleanupIncoming: false,
      errorHandler: () => new Response('bad request\n', { status: 400 }),
    });
    const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
      this.#begin(outgoing);
      void answer(incoming, outgoing);
    };
    this.server = createServer(
      {
        maxHeaderSize: limits.headerBytes,
        headersTimeout: limits.headersMs,
        // A large body may take its time; what it has to do in it is watched elsewhere.
        requestTimeout: 0,
        keepAliveTimeout: limits.keepAliveMs,
        connectionsCheckingInterval: Math.min(MOST_CHECK_MS, limits.headersMs / 2),
        noDelay: true,
      },
      listener,
    );
    this.server.maxHeadersCount = MOST_HEADERS;
    this.server.on('checkContinue', listener);
    // Whatever else a client expects, its request is answered as any other.
    this.server.on('checkExpectation', listener);
    this.server.on('connection', (socket: Socket) => this.#admit(socket));
    this.server.on('clientError', (error, socket) => this.#refuseMalformed(error, socket));
  }

  get connections(): number {
    return this.#sockets.size;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  /** For a server that never listens itself: starts the check for slow headers. */
  start(): void {
    this.server.emit('listening');
  }

  /** Takes over a connection that somebody else accepted. */
  adopt(socket: Socket): void {
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.server.emit('connection', socket);
  }

  /**
   * Requests in flight end, each connection after its next answer, or when it was idle for a
   * while. No further connections must come. Says whether anything was cut.
   */
  async drain({ idleMs, mostMs }: Draining): Promise<'ended' | 'cut'> {
    this.#draining = true;
    for (const outgoing of this.#inFlight) {
      if (!outgoing.headersSent) outgoing.setHeader('connection', 'close');
    }
    const idle = setTimeout(() => this.#closeIdle(), idleMs);
    const { promise, resolve } = Promise.withResolvers<'ended' | 'cut'>();
    const timer = setTimeout(() => resolve('cut'), mostMs);
    this.#drained = () => resolve('ended');
    if (this.#sockets.size === 0) resolve('ended');
    const outcome = await promise;
    clearTimeout(idle);
    clearTimeout(timer);
    const wasBusy = this.#inFlight.size > 0;
    this.destroy();
    return outcome === 'cut' && wasBusy ? 'cut' : 'ended';
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
    if (this.server.listening) this.server.close();
  }

  #admit(socket: Socket): void {
    const { connections } = this.#limits;
    if (this.#sockets.size >= 2 * connections) {
      socket.destroy();
      return;
    }
    if (this.#sockets.size >= connections) markExcess(socket);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#drained?.();
    });
  }

  #begin(outgoing: ServerResponse): void {
    if (this.#draining) outgoing.setHeader('connection', 'close');
    this.#inFlight.add(outgoing);
    outgoing.once('close', () => {
      this.#inFlight.delete(outgoing);
      if (this.#closesIdle) setImmediate(() => this.server.closeIdleConnections());
    });
  }

  #closeIdle(): void {
    this.#closesIdle = true;
    this.server.closeIdleConnections();
  }

  /** Also where headers are too long or too late. Nothing of it is worth a log line. */
  #refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
    const status = MALFORMED[error.code ?? ''] ?? 400;
    const counted = { method: 'other', route: 'malformed', seconds: 0, bytesIn: 0, bytesOut: 0 };
    this.#metrics.request({ ...counted, status });
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    socket.end(`HTTP/1.1 ${status} \r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    setTimeout(() => socket.destroy(), this.#limits.waitMs).unref();
  }
}
