import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that says whatever a test wants, as no real registry would. */
export interface SpeakingServer {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** Every request so far: method, path and query, authorization, body. */
  readonly asked: readonly Asked[];
  readonly stop: () => Promise<void>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}

export async function speak(
  answer: (asked: Asked, response: ServerResponse, count: number) => void,
): Promise<SpeakingServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void askedOf(request).then((it) => {
      asked.push(it);
      answer(it, response, asked.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { host: `127.0.0.1:${port}`, asked, stop };
}

async function askedOf(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://server');
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    authorization: request.headers.authorization,
    body: Buffer.concat(pieces).toString(),
  };
}
