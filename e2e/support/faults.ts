import { setTimeout as wait } from 'node:timers/promises';
import { honest, type Behaviour, type Forwarded } from './faulty-server.ts';
import { entriesIn, framesOf } from './wire.ts';

const SLOW_MS = 2_000;
const DRIP_MS = 50;

/** The ways in which an answer can be wrong, each by a name that completes "a remote that …". */
export const FAULTS = {
  'accepts, and never answers': () => undefined,
  'hangs in the middle of a body': async ({ response, forward }) => {
    const { status, headers, body } = await forward();
    response.writeHead(status, { ...headers, 'content-length': body.length + 1 });
    response.write(halfOf(body));
  },
  'answers what is no HTTP': ({ response }) => {
    response.socket?.end(Buffer.alloc(500, '\xff\0garbage', 'latin1'));
  },
  'answers bodies that mean nothing': changed(({ body }) => noiseOf(body.length + 40)),
  'breaks off in the middle of a body': async ({ response, forward }) => {
    const { status, headers, body } = await forward();
    response.writeHead(status, { ...headers, 'content-length': body.length + 1 });
    response.write(halfOf(body), () => response.destroy());
  },
  'takes two seconds for each answer': async (exchange) => {
    await wait(SLOW_MS);
    await honest(exchange);
  },
  'answers one byte at a time': async ({ response, forward }) => {
    const { status, headers, body } = await forward();
    response.writeHead(status, { ...headers, 'content-length': body.length });
    for (const byte of body) {
      if (response.destroyed) return;
      response.write(Buffer.of(byte));
      await wait(DRIP_MS);
    }
    response.end();
  },
  'answers bodies without an end': async ({ response, forward }) => {
    const { status, headers, body } = await forward();
    response.writeHead(status, headers);
    response.write(body);
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1 << 16)));
    };
    response.on('drain', more);
    more();
  },
  "answers with another key's entries, and another digest's bytes": swapped(),
  'flips a bit in each body': changed(({ body }) => {
    const flipped = Buffer.from(body);
    const middle = body.length >> 1;
    flipped[middle] = (flipped[middle] ?? 0) ^ 4;
    return flipped;
  }),
  'answers 500': ({ response }) => void response.writeHead(500).end('Internal Server Error'),
  'answers 401': ({ response }) => {
    const body = JSON.stringify({ error: { code: 'unauthorised', message: 'no such token' } });
    response.writeHead(401, { 'content-type': 'application/json' }).end(body);
  },
  'answers 429': ({ response }) => void response.writeHead(429, { 'retry-after': '3600' }).end(),
  'answers 200 and nothing': ({ response }) => void response.writeHead(200).end(),
  'leads back to itself': ({ response, path }) => {
    response.writeHead(307, { location: path }).end();
  },
  'says that bodies are shorter than they are': async ({ response, forward }) => {
    const { status, headers, body } = await forward();
    response.strictContentLength = false;
    response.writeHead(status, { ...headers, 'content-length': body.length >> 1 }).end(body);
  },
} satisfies Readonly<Record<string, Behaviour>>;

/** The same answer with another body. */
function changed(change: (forwarded: Forwarded) => Buffer): Behaviour {
  return async ({ response, forward }) => {
    const forwarded = await forward();
    const { status, headers } = forwarded;
    const body = status === 204 ? forwarded.body : change(forwarded);
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
  };
}

/** Entries under the keys of others; blobs that are the ones asked for before. */
function swapped(): Behaviour {
  let earlier: Buffer = Buffer.from('nothing yet');
  return async (exchange) => {
    const { path, response, forward } = exchange;
    if (path.endsWith('/traces/find')) {
      const { status, headers, body } = await forward();
      const entries = entriesIn(body);
      const wrong = framesOf(
        entries.map(({ key, id, scope }, index) => {
          const { bytes } = entries.at(index - 1) ?? { bytes: new Uint8Array() };
          return [key, id, scope, bytes];
        }),
      );
      response.writeHead(status, { ...headers, 'content-length': wrong.length }).end(wrong);
      return;
    }
    if (!/\/blobs\/[0-9a-f]{64}/.test(path)) {
      await honest(exchange);
      return;
    }
    const { status, headers, body } = await forward();
    const answer = status === 200 ? earlier : body;
    if (status === 200) earlier = body;
    response.writeHead(status, { ...headers, 'content-length': answer.length }).end(answer);
  };
}

function halfOf(body: Buffer): Buffer {
  return body.subarray(0, body.length >> 1);
}

function noiseOf(length: number): Buffer {
  const noise = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) noise[at] = (at * 167 + (at >> 3) * 13) & 0xff;
  return noise;
}
