import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, encode } from '@skein/values';
import { SKEIN_TYPE, encodeFrame } from '@skein/store';
import type { ShareTrouble } from '@skein/store';
import { expect, test } from 'vitest';
import { type DepotServer, type Fault, json, serveDepot } from '../test/depot-server.ts';
import { ManualTime } from '../test/manual-time.ts';
import { keyOf } from '../test/sample.ts';
import { PATIENCE, TOKEN, depotIn, httpShare, rights } from '../test/team.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { HttpShare } from './http-share.ts';
import { Traffic } from './traffic.ts';

const digest = digestOf('blob', 'content');

interface Bench extends AsyncDisposable {
  readonly server: DepotServer;
  readonly share: HttpShare;
  readonly folder: string;
}

async function bench(fault?: Fault): Promise<Bench> {
  const folder = temporaryFolder();
  const depot = await depotIn(join(folder.path, 'depot'));
  const server = await serveDepot(depot.as(rights()), TOKEN);
  server.fault = fault;
  const share = httpShare(server.url);
  return {
    server,
    share,
    folder: folder.path,
    [Symbol.asyncDispose]: async () => {
      share.close();
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Everything that can be asked, each with what it rejects with. */
async function troubles({ share, folder }: Bench): Promise<(ShareTrouble | 'none')[]> {
  const path = join(folder, 'content');
  writeFileSync(path, 'content');
  const asked = [
    () => share.greet(),
    () => share.register(new Uint8Array(32)),
    () => Array.fromAsync(share.find([keyOf('a')])),
    () => share.put([{ key: keyOf('a'), id: 'a'.repeat(64), bytes: encode(1) }]),
    () => share.hasBlobs([digest]),
    async () => Array.fromAsync((await share.getBlob(digest)) ?? []),
    () => share.putBlob(digest, path),
  ];
  const found: (ShareTrouble | 'none')[] = [];
  for (const ask of asked) {
    found.push(await ask().then(() => 'none' as const, troubleIn));
  }
  return found;
}

function troubleIn(error: { readonly trouble: ShareTrouble }): ShareTrouble {
  return error.trouble;
}

const every = (trouble: ShareTrouble): ShareTrouble[] => Array.from({ length: 7 }, () => trouble);

test('connections are kept, and a blob goes up with its length', async () => {
  const lengths: (string | undefined)[] = [];
  await using it = await bench((request) => {
    if (request.method === 'PUT') lengths.push(request.headers['content-length']);
    return false;
  });
  expect(await troubles(it)).toEqual(Array.from({ length: 7 }, () => 'none'));
  expect(it.server.connections()).toBe(1);
  expect(lengths).toEqual(['7']);
  expect(it.share.traffic.requests).toBe(7);
});

test('a kept connection that the server closed is no trouble', async () => {
  await using it = await bench();
  await it.share.greet();
  let closed = false;
  it.server.fault = (request) => {
    if (closed) return false;
    closed = true;
    request.socket.resetAndDestroy();
    return true;
  };
  expect((await it.share.greet()).format).toBe(1);
  expect(it.server.connections()).toBe(2);
});

test.each<readonly [number, ShareTrouble]>([
  [401, 'unauthorised'],
  [429, 'server-error'],
  [500, 'server-error'],
  [503, 'server-error'],
  [302, 'garbage'],
  [418, 'garbage'],
])('status %i is %s, and no redirect is followed', async (status, trouble) => {
  await using it = await bench((_, response) => {
    response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('x');
    return true;
  });
  expect(await troubles(it)).toEqual(every(trouble));
  expect(it.server.requests.length).toBe(7);
});

test('another type, no JSON, or no frames are garbage', async () => {
  const bodies: readonly ((response: ServerResponse) => void)[] = [
    (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
    (response) => json(response, 200, { format: 2 }),
    (response) => response.writeHead(200, { 'content-type': SKEIN_TYPE }).end('no frame at all'),
    (response) => {
      response.writeHead(200, { 'content-type': SKEIN_TYPE }).end(encodeFrame(['key', 1]));
    },
  ];
  for (const body of bodies) {
    await using it = await bench((_, response) => {
      body(response);
      return true;
    });
    const asked = [
      it.share.greet(),
      Array.fromAsync(it.share.find([keyOf('a')])),
      it.share.put([{ key: keyOf('a'), id: 'a'.repeat(64), bytes: encode(1) }]),
      it.share.hasBlobs([digest]),
    ];
    for (const one of asked) await expect(one).rejects.toMatchObject({ trouble: 'garbage' });
  }
});

test('what is no HTTP, or no server, is trouble', async () => {
  await using it = await bench((request) => {
    request.socket.end('SSH-2.0-OpenSSH\r\n');
    return true;
  });
  expect(new Set(await troubles(it))).toEqual(new Set(['garbage']));
  await it.server[Symbol.asyncDispose]();
  expect(await troubles(it)).toEqual(every('unreachable'));
});

test('a server without TLS is named as such, in one line', async () => {
  await using it = await bench();
  const share = httpShare(new URL(`https://${it.server.url.host}`));
  await expect(share.greet()).rejects.toMatchObject({
    trouble: 'unreachable',
    message: 'the server speaks no TLS',
  });
});

test('a body that breaks off is trouble, and what came before it is given', async () => {
  const frame = encodeFrame([keyOf('a'), 'a'.repeat(64), 'trusted', encode(1)]);
  await using it = await bench((request, response) => {
    response.writeHead(200, { 'content-type': SKEIN_TYPE });
    response.write(frame, () =>
      response.write(frame.subarray(0, 9), () => request.socket.destroy()),
    );
    return true;
  });
  const entries = it.share.find([keyOf('a')]);
  const [first, second] = [await entries[Symbol.asyncIterator]().next(), entries.next()];
  expect(first.value).toMatchObject({ key: keyOf('a'), scope: 'trusted' });
  await expect(second).rejects.toMatchObject({ trouble: 'unreachable' });
});

test('an answer in JSON that does not end is given up when it is too long', async () => {
  await using it = await bench((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      if (response.destroyed) return;
      response.write(Buffer.alloc(1 << 18, 0x20), () => setImmediate(more));
    };
    more();
    return true;
  });
  await expect(it.share.greet()).rejects.toMatchObject({ trouble: 'garbage' });
});

test('no statuses, too few, too many, or strange ones are garbage', async () => {
  for (const statuses of [undefined, [], ['stored', 'stored'], ['perhaps']]) {
    await using it = await bench((_, response) => {
      json(response, 200, { statuses });
      return true;
    });
    const put = it.share.put([{ key: keyOf('a'), id: 'a'.repeat(64), bytes: encode(1) }]);
    await expect(put).rejects.toMatchObject({ trouble: 'garbage' });
  }
});

test('what a server says of an error is cleaned before it is told', async () => {
  await using it = await bench((_, response) => {
    json(response, 500, { error: { message: `a\u001b[2J${'x'.repeat(999)}` } });
    return true;
  });
  const error = await it.share.greet().then(
    () => undefined,
    (one: Error) => one.message,
  );
  expect(error).toMatch(/^the server answered 500: a \[2Jx{190,200}$/);
});

test('no answer about a digest that was not asked for is taken', async () => {
  await using it = await bench((_, response) => {
    response.writeHead(200, { 'content-type': SKEIN_TYPE });
    response.end(encode([digest, digestOf('blob', 'other')]));
    return true;
  });
  expect(await it.share.hasBlobs([digest])).toEqual(new Set([digest]));
});

test('the token is in no message', async () => {
  for (const fault of [
    (_: IncomingMessage, response: ServerResponse) => {
      json(response, 401, { error: { message: 'no' } });
      return true;
    },
    (request: IncomingMessage) => {
      request.socket.destroy();
      return true;
    },
  ]) {
    await using it = await bench(fault);
    const error: unknown = await it.share.greet().catch((one: unknown) => one);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(TOKEN);
  }
});

/** A share whose time passes when the test says so, and whose server keeps quiet. */
async function quietBench(
  quiet: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Bench & { readonly time: ManualTime }> {
  const arrived: (() => void)[] = [];
  const it = await bench((request, response) => {
    quiet(request, response);
    for (const tell of arrived) tell();
    return true;
  });
  const time = new ManualTime();
  const { timers } = time;
  const base = it.server.url;
  const share = new HttpShare({
    base,
    token: TOKEN,
    timers,
    patience: PATIENCE,
    traffic: new Traffic(),
    agent: 'skein/test',
  });
  return {
    ...it,
    share,
    time,
    [Symbol.asyncDispose]: async () => {
      share.close();
      await it[Symbol.asyncDispose]();
    },
  };
}

/** Passes time, a little at a time, until the promise has settled; gives how much that was. */
async function passUntil(time: ManualTime, settled: Promise<unknown>): Promise<number> {
  const state = { isSettled: false };
  const done = Promise.allSettled([settled]).then(() => {
    state.isSettled = true;
  });
  const began = time.clock.elapsed();
  while (!state.isSettled && time.clock.elapsed() - began < 60_000) {
    await time.pass(500);
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
  await done;
  return time.clock.elapsed() - began;
}

test('a server that accepts and never answers is given up in time', async () => {
  await using it = await quietBench(() => undefined);
  const greeting = it.share.greet();
  greeting.catch(() => undefined);
  expect(await passUntil(it.time, greeting)).toBeLessThanOrEqual(2 * PATIENCE.answerMs);
  await expect(greeting).rejects.toMatchObject({ trouble: 'timeout' });
  expect(it.time.waiting).toBe(0);
});

test('a body that stops, or drips, is given up in time', async () => {
  for (const drip of [0, 100]) {
    await using it = await quietBench((_, response) => {
      response.writeHead(200, { 'content-type': SKEIN_TYPE });
      response.write(encodeFrame('x').subarray(0, 2));
      const timer = setInterval(() => drip > 0 && response.write(Buffer.alloc(1)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const found = Array.fromAsync(it.share.find([keyOf('a')]));
    found.catch(() => undefined);
    expect(await passUntil(it.time, found)).toBeLessThanOrEqual(3 * PATIENCE.stallMs);
    await expect(found).rejects.toMatchObject({});
    expect(it.time.waiting).toBe(0);
  }
});

test('an upload that the server does not take is given up in time', async () => {
  await using it = await quietBench((request) => request.pause());
  const path = join(it.folder, 'large');
  const bytes = Buffer.alloc(32 << 20);
  writeFileSync(path, bytes);
  const put = it.share.putBlob(digestOf('blob', bytes), path);
  put.catch(() => undefined);
  expect(await passUntil(it.time, put)).toBeLessThanOrEqual(4 * PATIENCE.stallMs);
  await expect(put).rejects.toMatchObject({ trouble: 'timeout' });
  expect(it.time.waiting).toBe(0);
});

test('an answer that comes before the upload is over ends it', async () => {
  await using it = await bench((request, response) => {
    if (request.method !== 'PUT') return false;
    request.pause();
    json(response, 413, { error: { message: 'too much' } });
    return true;
  });
  const path = join(it.folder, 'large');
  const bytes = Buffer.alloc(32 << 20);
  writeFileSync(path, bytes);
  expect(await it.share.putBlob(digestOf('blob', bytes), path)).toBe('refused');
  expect((await it.share.greet()).format).toBe(1);
});

test('whoever gives a request up waits no longer', async () => {
  await using it = await quietBench(() => undefined);
  const controller = new AbortController();
  const greeting = it.share.greet({ signal: controller.signal });
  controller.abort();
  await expect(greeting).rejects.toMatchObject({ trouble: 'timeout' });
  await expect(it.share.greet({ signal: controller.signal })).rejects.toMatchObject({});
  expect(it.time.waiting).toBe(0);
});

test('a prefix of the address stands before every path', async () => {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const share = httpShare(new URL(`http://127.0.0.1:${port}/cache/`));
  expect(await share.getBlob(digest)).toBeUndefined();
  expect(paths).toEqual([`/cache/skein/v1/blobs/${digest}`]);
  share.close();
  server.close();
});
