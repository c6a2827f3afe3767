import { request, type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | string | Readable;
  readonly agent?: Agent;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** One request, by Node's own client. Streams need a length in `headers`. */
export async function send(url: string, sent: Sent): Promise<Answered> {
  const { method = 'GET', path, token, headers, body, agent } = sent;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const length = bytes instanceof Uint8Array ? { 'content-length': bytes.length } : {};
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const outgoing = request(`${url}${path}`, {
    method,
    agent: agent ?? false,
    headers: { ...length, ...bearer, ...headers },
  });
  const answer = Promise.withResolvers<Answered>();
  answer.promise.catch(() => undefined);
  outgoing.once('error', answer.reject);
  outgoing.once('response', (incoming) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const { statusCode: status = 0, headers } = incoming;
      answer.resolve({ status, headers, bytes: Buffer.concat(chunks) });
    })().catch(answer.reject);
  });
  if (bytes instanceof Readable) await pipeline(bytes, outgoing).catch(() => undefined);
  else outgoing.end(bytes);
  return await answer.promise;
}

/** The answer as JSON. */
export function jsonIn({ bytes }: Answered): unknown {
  return JSON.parse(bytes.toString('utf8'));
}
