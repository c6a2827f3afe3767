import {
  createServer,
  request as forwardTo,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What the real server answered. */
export interface Forwarded {
  readonly status: number;
  /** Without those that say how long the body is. */
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** One request on its way through. */
export interface Exchange {
  readonly path: string;
  /** Where the answer is written; its socket may be ill-treated. */
  readonly response: ServerResponse;
  /** Asks the real server. */
  readonly forward: () => Promise<Forwarded>;
}

/** How a request is answered. */
export type Behaviour = (exchange: Exchange) => void | Promise<void>;

/** Every answer as it is. */
export const honest: Behaviour = async ({ response, forward }) => {
  const { status, headers, body } = await forward();
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
};

/** Headers that are about the connection to the real server. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

/** Stands in front of a real server, and misbehaves on command. */
export class FaultyServer implements AsyncDisposable {
  readonly #target: string;
  readonly #server: Server;
  readonly #asked: string[] = [];
  #behaviour: Behaviour = honest;
  #behavesFrom = 0;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    // The server behind it has limits of its own.
    this.#server.requestTimeout = 0;
  }

  static async open(target: string): Promise<FaultyServer> {
    const server = new FaultyServer(target);
    await server.#listen(0);
    return server;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Methods and paths of all requests so far. */
  get asked(): readonly string[] {
    return this.#asked;
  }

  /** From the so-many-th request from now on: those before it are answered as they should be. */
  behave(behaviour: Behaviour, after = 0): void {
    this.#behaviour = behaviour;
    this.#behavesFrom = this.#asked.length + after;
  }

  /** Nobody listens any more, and what is connected is cut off. */
  vanish(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const number = this.#asked.push(`${method} ${path}`) - 1;
    const behaviour = number < this.#behavesFrom ? honest : this.#behaviour;
    try {
      await behaviour({ path, response, forward: () => this.#forward(request) });
    } catch {
      // One of the two ends went away, which is what some of the tests are about.
      response.destroy();
    }
  }

  async #forward(request: IncomingMessage): Promise<Forwarded> {
    const { method, url = '', headers } = request;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const forwarding = forwardTo(new URL(url, this.#target), { method, headers, agent: false });
    forwarding.on('response', resolve).on('error', reject);
    request.pipe(forwarding);
    const answer = await promise;
    const kept = Object.entries(answer.headers).filter(([name]) => !FRAMING.has(name));
    const body = await buffer(answer);
    return { status: answer.statusCode ?? 0, headers: Object.fromEntries(kept), body };
  }
}
