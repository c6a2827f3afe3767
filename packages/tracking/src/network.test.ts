import dgram from 'node:dgram';
import dns, { lookup } from 'node:dns';
import { lookup as lookupPromise } from 'node:dns/promises';
import { once } from 'node:events';
import http, { createServer, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { impuritiesOf, openTracked } from '../test/tracked.ts';
import type { Tracked } from '../test/tracked.ts';

let tracked: Tracked;
const server = createServer((_, response) => response.end('hello'));
const streams = http2.createServer((_, response) => response.end('hello'));
const ports = { http: 0, http2: 0 };
beforeAll(async () => {
  for (const it of [server, streams] as const) {
    it.listen(0, '127.0.0.1');
    await once(it, 'listening');
  }
  ports.http = (server.address() as AddressInfo).port;
  ports.http2 = (streams.address() as AddressInfo).port;
  tracked = openTracked();
});
afterAll(async () => {
  tracked.close();
  http.globalAgent.destroy();
  server.closeAllConnections();
  for (const it of [server, streams] as const) {
    it.close();
    await once(it, 'close');
  }
});

const url = (): string => `http://127.0.0.1:${ports.http}/`;

async function bodyOf(request: http.ClientRequest): Promise<string> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return await text(response);
}

async function connectTo(options: net.NetConnectOpts): Promise<void> {
  const socket = net.connect(options);
  await once(socket, 'connect').finally(() => socket.destroy());
}

const NETWORK: readonly (readonly [what: string, use: () => unknown])[] = [
  ['fetch', async () => (await fetch(url())).text()],
  ['http.request()', () => bodyOf(get(url(), { agent: false }))],
  ['http.request()', () => bodyOf(http.request(url(), { agent: false }).end())],
  ['net.connect()', () => connectTo({ port: ports.http, host: 'localhost' })],
  ['dns.lookup()', () => promisify(lookup)('localhost')],
  ['dns.promises.lookup()', () => lookupPromise('localhost')],
  [
    'resolver.resolve4()',
    () => {
      const resolver = new dns.Resolver();
      resolver.setServers(['127.0.0.1:9']);
      resolver.resolve4('localhost', () => undefined);
      resolver.cancel();
    },
  ],
  [
    'dgram.bind()',
    async () => {
      const socket = dgram.createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      socket.close();
    },
  ],
  [
    'server.listen()',
    async () => {
      const listening = net.createServer().listen(0, '127.0.0.1');
      await once(listening, 'listening');
      listening.close();
    },
  ],
  [
    'WebSocket',
    async () => {
      const socket = new WebSocket(url().replace('http', 'ws'));
      await once(socket, 'error');
    },
  ],
];

test.each(NETWORK)('O8: %s is an impurity of the action that uses it', async (what, use) => {
  const [user, other] = await Promise.all([
    tracked.act(async () => {
      await Promise.resolve();
      return await use();
    }),
    tracked.act(async () => {
      await Promise.resolve();
      await new Promise(setImmediate);
    }),
  ]);
  expect(user.error).toBeUndefined();
  expect(impuritiesOf(user)).toEqual([`network ${what}`]);
  expect(user.seen.impurities[0]?.at).toBe('network.test.ts');
  expect(impuritiesOf(other)).toEqual([]);
});

test('O8: Unix sockets are ways out as well', async () => {
  const path = tracked.path('socket');
  const local = net.createServer((socket) => socket.end());
  local.listen(path);
  await once(local, 'listening');
  const acted = await tracked.act(() => connectTo({ path }));
  local.close();
  expect(impuritiesOf(acted)).toEqual(['network net.connect()']);
});

test('O8: an action that uses the connection of another one is impure too', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let session: http2.ClientHttp2Session | undefined;
  let socket: net.Socket | undefined;
  const first = await tracked.act(async () => {
    session = http2.connect(`http://127.0.0.1:${ports.http2}`);
    socket = net.connect(ports.http, '127.0.0.1');
    await once(socket, 'connect');
    return await bodyOf(http.get(url(), { agent }));
  });
  expect(first.value).toBe('hello');
  const later = [
    await tracked.act(() => bodyOf(http.get(url(), { agent }))),
    await tracked.act(() => socket?.write('GET / HTTP/1.1\r\n\r\n')),
    await tracked.act(async () => {
      const stream = session?.request({ ':path': '/' });
      return stream === undefined ? '' : await text(stream.end());
    }),
  ];
  agent.destroy();
  socket?.destroy();
  session?.destroy();
  expect(later.map(impuritiesOf)).toEqual([
    ['network http.request()'],
    ['network socket.write()'],
    ['network session.request()'],
  ]);
});

test('O8: what leads nowhere is pure', async () => {
  const acted = await tracked.act(() => [
    new URL('http://example.org').host,
    net.isIP('127.0.0.1'),
    new Request('http://example.org').method,
    dns.getDefaultResultOrder(),
    process.stdout.write(''),
  ]);
  expect(acted.error).toBeUndefined();
  expect(impuritiesOf(acted)).toEqual([]);
});
