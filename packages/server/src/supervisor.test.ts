import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { send } from '../test/client.ts';

import { startServerProcess } from '../test/server-process.ts';
import { makeToken, openRealDepot, temporaryFolder } from '../test/test-server.ts';
import { DEFAULT_LIMITS } from './server-limits.ts';

vi.setConfig({ testTimeout: 60_000 });

const tick = () => new Promise((resolve) => setImmediate(resolve));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await tick();
}

/** A server process, with a token and something stored under it. */
async function withArtifact(data: string, limits = {}) {
  const depot = await openRealDepot(data, DEFAULT_LIMITS);
  const token = await makeToken(depot, 'trusted', 'read-write');
  const server = await startServerProcess({ data, limits });
  const path = '/v1/cache/1';
  const stored = await send(server.url, { method: 'PUT', path, token, body: 'some bytes' });
  expect(stored.status).toBe(200);
  return { server, token, path };
}

test('a serving process that is killed under load is replaced, and nobody is refused', async () => {
  using folder = temporaryFolder();
  const { server, token, path } = await withArtifact(folder.path);
  await using _ = server;
  const [first] = server.children();
  const statuses = new Map<string, number>();
  const load = new AbortController();
  const clients = Array.from({ length: 8 }, async () => {
    while (!load.signal.aborted) {
      const outcome = await send(server.url, { path, token }).then(
        ({ status }) => String(status),
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
      statuses.set(outcome, (statuses.get(outcome) ?? 0) + 1);
    }
  });
  await until(() => (statuses.get('200') ?? 0) > 20);
  process.kill(first ?? 0, 'SIGKILL');
  await server.said(/another one takes over/);
  const served = statuses.get('200') ?? 0;
  await until(() => (statuses.get('200') ?? 0) > served + 50);
  load.abort();
  await Promise.all(clients);
  // What it was working on broke off: at most one request of each client.
  const others = [...statuses].filter(([outcome]) => outcome !== '200');
  expect(others.reduce((sum, [, count]) => sum + count, 0)).toBeLessThanOrEqual(8);
  expect(statuses.has('ECONNREFUSED')).toBe(false);
  expect(server.children()).not.toContain(first);
});

test('SIGHUP under load replaces the serving process without a failed request', async () => {
  using folder = temporaryFolder();
  const { server, token, path } = await withArtifact(folder.path);
  await using _ = server;
  const [first = 0] = server.children();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let count = 0;
  const load = new AbortController();
  const failed: unknown[] = [];
  const clients = Array.from({ length: 8 }, async (_, client) => {
    while (!load.signal.aborted) {
      const sent = client % 2 === 0 ? { path, token } : { path, token, agent };
      const { status } = await send(server.url, sent).catch((error: unknown) => {
        failed.push(error);
        return { status: 0 };
      });
      if (status !== 200) failed.push(status);
      count += 1;
    }
  });
  await until(() => count > 50);
  server.signal('SIGHUP');
  await until(() => !server.children().includes(first));
  const then = count;
  await until(() => count > then + 100);
  load.abort();
  await Promise.all(clients);
  agent.destroy();
  expect(failed).toEqual([]);
  expect(server.children()).toHaveLength(1);
});

test('SIGHUP while another process starts already leaves one that serves', async () => {
  using folder = temporaryFolder();
  const { server, token, path } = await withArtifact(folder.path);
  await using _ = server;
  const [first = 0] = server.children();
  process.kill(first, 'SIGKILL');
  await server.said(/another one takes over/);
  server.signal('SIGHUP');
  await until(() => server.children().length === 2);
  await until(() => server.children().length === 1);
  expect((await send(server.url, { path, token })).status).toBe(200);
});

test('SIGTERM lets a request in flight end, accepts nobody, and exits with 0', async () => {
  using folder = temporaryFolder();
  const { server, token } = await withArtifact(folder.path);
  await using _ = server;
  const socket = await openConnection(server.port);
  socket.write(putHead('/v1/cache/2', token, 8));
  socket.write('half');
  await send(server.url, { path: '/health' });
  server.signal('SIGTERM');
  await server.said(/stopping/);
  socket.write('half');
  expect(await firstLine(socket)).toBe('HTTP/1.1 200 OK');
  expect(await server.exited).toBe(0);
});

test('a second SIGTERM ends at once, with 1', async () => {
  using folder = temporaryFolder();
  const { server, token } = await withArtifact(folder.path);
  await using _ = server;
  const socket = await openConnection(server.port);
  socket.on('error', () => undefined);
  socket.write(putHead('/v1/cache/2', token, 8));
  await send(server.url, { path: '/health' });
  server.signal('SIGTERM');
  await server.said(/stopping/);
  server.signal('SIGTERM');
  expect(await server.exited).toBe(1);
});

test('while nothing serves, connections are held, and answered in the end', async () => {
  using folder = temporaryFolder();
  const { server, token, path } = await withArtifact(folder.path);
  await using _ = server;
  for (const child of server.children()) process.kill(child, 'SIGSTOP');
  const answers = [send(server.url, { path, token }), send(server.url, { path, token })];
  const last = await openConnection(server.port);
  for (const child of server.children()) process.kill(child, 'SIGKILL');
  for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
  last.destroy();
});

test('while nothing serves for too long, a build is told "not there" and goes on', async () => {
  using folder = temporaryFolder();
  const { server, token, path } = await withArtifact(folder.path, { holdMs: 1 });
  await using _ = server;
  for (const child of server.children()) process.kill(child, 'SIGSTOP');
  const answers = [
    send(server.url, { path, token }),
    send(server.url, { method: 'PUT', path, token, body: 'x'.repeat(1_000_000) }),
    send(server.url, { path: '/skein/v1/greeting', token }),
  ];
  const last = await openConnection(server.port);
  for (const child of server.children()) process.kill(child, 'SIGKILL');
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(statuses).toEqual([404, 403, 429]);
  last.destroy();
});

test('a serving process does not outlive its supervisor, whatever ended that', async () => {
  using folder = temporaryFolder();
  const { server } = await withArtifact(folder.path);
  await using _ = server;
  const [child = 0] = server.children();
  server.signal('SIGKILL');
  expect(await server.exited).toBe('SIGKILL');
  await until(() => !isAlive(child));
  expect(isAlive(child)).toBe(false);
});

test('a socket that systemd opened is listened on', async () => {
  using folder = temporaryFolder();
  const listening = createServer();
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const inherited = (listening as unknown as { _handle: { fd: number } })._handle.fd;
  await using server = await startServerProcess({ data: folder.path, inherited });
  expect(server.port).toBe((listening.address() as { port: number }).port);
  listening.close();
  expect((await send(server.url, { path: '/health' })).status).toBe(200);
});

test('an address that is taken, and a folder that is none, are said', async () => {
  using folder = temporaryFolder();
  const { server } = await withArtifact(folder.path);
  await using _ = server;
  const taken = startServerProcess({ data: folder.path, address: `127.0.0.1:${server.port}` });
  await expect(taken).rejects.toThrow(/"server-address".*EADDRINUSE/);
  const none = startServerProcess({ data: join('/dev/null', 'data') });
  await expect(none).rejects.toThrow(/"server-data"/);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function openConnection(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).once('error', reject);
  });
}

function putHead(path: string, token: string, length: number): string {
  const head = [`PUT ${path} HTTP/1.1`, 'host: cache', `authorization: Bearer ${token}`];
  return `${[...head, `content-length: ${length}`].join('\r\n')}\r\n\r\n`;
}

async function firstLine(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString('latin1').split('\r\n')[0] ?? '';
}
