import { createServer, request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startMoto } from '../../../scripts/moto.ts';
import type { Moto } from '../../../scripts/moto.ts';
import { bytesBody, conformObjects, textOf } from './objects.conformance.ts';
import { S3Objects } from './s3-objects.ts';

vi.setConfig({ testTimeout: 60_000 });

let moto: Moto;
let buckets = 0;
const clock = { now: () => Date.now() };

beforeAll(async () => {
  moto = await startMoto();
}, 600_000);

afterAll(() => moto.stop());

async function make(prefix = 'some/prefix'): Promise<S3Objects> {
  buckets += 1;
  const bucket = `bucket-${buckets}`;
  await moto.createBucket(bucket);
  return open(bucket, prefix);
}

function open(bucket: string, prefix = ''): S3Objects {
  const { environment } = moto;
  return new S3Objects({ bucket, prefix }, { clock, environment, timeoutMs: 10_000 });
}

conformObjects('S3', make);

test('S3: two prefixes of one bucket do not meet', async () => {
  const one = await make('one');
  const other = open(`bucket-${buckets}`, 'other');
  const whole = open(`bucket-${buckets}`);
  await one.put('a/n', bytesBody('one'));
  await other.put('a/n', bytesBody('other'));
  expect(await textOf(one, 'a/n')).toBe('one');
  expect(await textOf(whole, 'other/a/n')).toBe('other');
});

test('S3: a bucket that does not exist is unreachable, not empty', async () => {
  const store = open('no-such-bucket');
  const trouble = { trouble: 'unreachable' };
  await expect(store.get('n')).rejects.toMatchObject(trouble);
  await expect(store.put('n', bytesBody('x'))).rejects.toMatchObject(trouble);
  await expect(store.list(['a/'])[Symbol.asyncIterator]().next()).rejects.toMatchObject(trouble);
});

test('S3: what others put into the bucket is not listed', async () => {
  const store = await make('some/prefix');
  await store.put('a/b/n', bytesBody('x'));
  const bucket = `${moto.endpoint}/bucket-${buckets}/some/prefix/`;
  for (const key of ['a/', 'a/b/', 'a/README.TXT', 'a/b/n/', 'a/.hidden', 'a/two%20words']) {
    const put = await fetch(bucket + key, { method: 'PUT', body: 'foreign' });
    expect(put.status).toBe(200);
  }
  const names = await Array.fromAsync(store.list(['a/']), ({ name }) => name);
  expect(names).toEqual(['a/b/n']);
});

test('S3: nobody at the address is unreachable; no answer is a time-out', async () => {
  const server = createServer(() => {});
  const environment = await listening(server);
  const store = new S3Objects({ bucket: 'abc', prefix: '' }, { clock, environment, timeoutMs: 50 });
  await expect(store.head('n')).rejects.toMatchObject({ trouble: 'timeout' });
  await closed(server);
  await expect(store.head('n')).rejects.toMatchObject({ trouble: 'unreachable' });
});

/** Servers of S3 that know no conditional writes: one says so, the other does not even look. */
test.for(['refused', 'ignored'] as const)(
  'S3: where conditional writes are %s, what is there stays all the same',
  async (how) => {
    await make('');
    const bucket = `bucket-${buckets}`;
    const server = createServer((incoming, answer) => {
      if (how === 'refused' && incoming.headers['if-none-match'] !== undefined) {
        incoming.resume();
        answer.writeHead(501).end('<Error><Code>NotImplemented</Code></Error>');
        return;
      }
      const outgoing = forwarded(incoming).once('response', (response) => {
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
      });
      incoming.pipe(outgoing);
    });
    const environment = await listening(server);
    const options = { clock, environment, timeoutMs: 10_000 };
    const store = new S3Objects({ bucket, prefix: '' }, options);
    expect(await store.put('n', bytesBody('one'), { ifAbsent: true })).toBe('stored');
    expect(await store.put('n', bytesBody('two'), { ifAbsent: true })).toBe('exists');
    expect(await textOf(store, 'n')).toBe('one');
    const large = { kind: 'bytes', bytes: Buffer.alloc(9 << 20) } as const;
    expect(await store.put('large', large, { ifAbsent: true })).toBe('stored');
    expect(await store.put('large', large, { ifAbsent: true })).toBe('exists');
    await closed(server);
  },
);

test('S3: a large upload that another one overtook leaves no parts', async () => {
  const store = await make();
  const half = Buffer.alloc(9 << 20, 'half');
  const pieces = async function* () {
    yield half;
    await store.put('n', bytesBody('first'));
    yield half;
  };
  const open = () => Readable.from(pieces());
  const body = { kind: 'stream', open, size: 2 * half.length } as const;
  expect(await store.put('n', body, { ifAbsent: true })).toBe('exists');
  expect(await textOf(store, 'n')).toBe('first');
  expect(await store.sweepLitter(0)).toBe(0);
});

test('S3: litter is the parts of an upload that nobody completed', async () => {
  const store = await make('p');
  await store.put('a/n', bytesBody('x'));
  for (const name of ['p/one', 'other/two']) {
    const url = `${moto.endpoint}/bucket-${buckets}/${name}?uploads`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(200);
  }
  expect(await store.sweepLitter(0)).toBe(1);
  expect(await store.sweepLitter(0)).toBe(0);
  expect(await textOf(store, 'a/n')).toBe('x');
});

function forwarded(incoming: IncomingMessage) {
  const { 'if-none-match': _, ...headers } = incoming.headers;
  const { method, url = '/' } = incoming;
  return request(new URL(url, moto.endpoint), { headers, ...(method ? { method } : {}) });
}

async function listening(server: Server): Promise<Readonly<Record<string, string>>> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { ...moto.environment, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
