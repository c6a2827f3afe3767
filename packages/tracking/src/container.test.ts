import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import dns, { lookup } from 'node:dns';
import { once } from 'node:events';
import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http, { createServer } from 'node:http';
import { createRequire } from 'node:module';
import http2 from 'node:http2';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlainObservation } from '@skein/model';
import { digestOfLink } from './stats.ts';
import { impuritiesOf, openTracked } from '../test/tracked.ts';
import type { Acted, Tracked } from '../test/tracked.ts';

let tracked: Tracked;
/** A folder of the image, which is not empty. */
let image: string;
const server = createServer((_, response) => response.end('hello'));

beforeAll(async () => {
  image = mkdtempSync(join(tmpdir(), 'skein-image-'));
  writeFileSync(join(image, 'lib.txt'), 'of the image');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  tracked = openTracked({ container: { network: false, cpuLimited: true } });
  tracked.write({
    'a.txt': 'content',
    'bin/tool': '#!/bin/sh\necho "tool $1"',
    'bin/other': '#!./bin/tool\n',
  });
  for (const name of ['bin/tool', 'bin/other']) fs.chmodSync(tracked.path(name), 0o755);
});

afterAll(async () => {
  tracked.close();
  rmSync(image, { recursive: true });
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** `kind name`, for each observation. */
function observedIn({ seen }: Acted): readonly string[] {
  return seen.observations.map((it) => {
    if (it.kind === 'module') return `${it.specifier} from ${it.from}`;
    return it.kind === 'variable' ? it.name : `${it.kind} ${it.path}`;
  });
}

test('Q6 O2: what lies in no mount is the image’s, and is not observed', async () => {
  const acted = await tracked.act(() => {
    readFileSync(join(image, 'lib.txt'));
    readdirSync(image);
    existsSync(join(image, 'none'));
    existsSync('/usr/lib/none');
    readFileSync(tracked.path('a.txt'));
    return 1;
  });
  expect(observedIn(acted)).toEqual(['file a.txt']);
});

/** As it is while everything is tracked. */
const sqlite = () => process.getBuiltinModule('node:sqlite');

const WRITES: readonly (readonly [string, (path: string) => unknown])[] = [
  ['writeFileSync', (path) => writeFileSync(path, 'x')],
  ['mkdirSync', (path) => mkdirSync(path)],
  ['openSync a+', (path) => fs.closeSync(openSync(path, 'a+'))],
  ['copyFileSync', (path) => fs.copyFileSync(join(image, 'lib.txt'), path)],
  ['DatabaseSync', (path) => new (sqlite().DatabaseSync)(path).close()],
  ['createWriteStream', async (path) => await once(fs.createWriteStream(path).end(), 'close')],
  ['symlinkSync', (path) => fs.symlinkSync('lib.txt', path)],
  ['a subprocess', (path) => execFileSync('/bin/sh', ['-c', `echo x > ${path}`])],
];

test.each(WRITES)('O5: what %s writes there is written all the same', async (how, write) => {
  const path = join(image, how.replace(/\W/g, '-'));
  const { seen, error } = await tracked.act(() => write(path));
  expect(error).toBeUndefined();
  expect(seen.wrote).toContain(path);
  // From now on others could find it.
  const after = await tracked.act(() => [existsSync(path), readdirSync(image)]);
  expect(observedIn(after)).toEqual([`stat ${path}`, `listing ${image}`]);
});

test('O5: a folder of the image that is there is not made', async () => {
  const { seen } = await tracked.act(() => mkdirSync('/usr/lib', { recursive: true }));
  expect([seen.wrote, seen.observations]).toEqual([[], []]);
});

test('O5: what is removed there is looked at as anything else from then on', async () => {
  const path = join(image, 'removed');
  writeFileSync(path, '');
  const { seen } = await tracked.act(() => rmSync(path));
  expect(seen.wrote).toEqual([path]);
  expect(observedIn(await tracked.act(() => existsSync(path)))).toEqual([`stat ${path}`]);
});

const READS: readonly (readonly [string, (path: string) => unknown])[] = [
  ['readFileSync', (path) => readFileSync(path)],
  ['existsSync', (path) => existsSync(path)],
  ['realpathSync', (path) => fs.realpathSync(path)],
  ['openSync', (path) => fs.readSync(openSync(path, 'r'), Buffer.alloc(4))],
  ['createReadStream', async (path) => await once(fs.createReadStream(path).resume(), 'close')],
  ['a subprocess', (path) => execFileSync('/bin/cat', [path])],
];

test.each(READS)('O2: %s of the image through links observes the links', async (_, read) => {
  fs.rmSync(tracked.path('links'), { recursive: true, force: true });
  mkdirSync(tracked.path('links'));
  fs.symlinkSync('second', tracked.path('links/first'));
  fs.symlinkSync(join(image, 'lib.txt'), tracked.path('links/second'));
  const { seen, error } = await tracked.act(() => read(tracked.path('links/first')));
  expect(error).toBeUndefined();
  const digestOf = (name: string) => digestOfLink(fs.readlinkSync(tracked.path('links', name)));
  const links = ['first', 'second'].map((name) => {
    return { kind: 'stat', path: `links/${name}`, aspect: 'link', digest: digestOf(name) };
  });
  const isLink = (it: PlainObservation) => it.kind === 'stat' && it.aspect === 'link';
  expect(seen.observations.filter(isLink)).toEqual(expect.arrayContaining(links));
  expect(seen.observations.every(isLink)).toBe(true);
  expect(seen.untraceable).toEqual([]);
});

test('O2: a link to nothing in a container may lead to something on the machine', async () => {
  fs.rmSync(tracked.path('links'), { recursive: true, force: true });
  mkdirSync(tracked.path('links'));
  fs.symlinkSync('/nowhere/at/all', tracked.path('links/gone'));
  const acted = await tracked.act(() => existsSync(tracked.path('links/gone/below')));
  expect(observedIn(acted)).toEqual(['stat links/gone']);
});

test('O5: what a program left in the temporary folder without a word is observed', async () => {
  const temporary = `${tracked.root}-temporary`;
  const [path, other] = ['left', 'other'].map((it) => join(temporary, it)) as [string, string];
  mkdirSync(temporary);
  const look = () => [existsSync(path), existsSync(other), readdirSync(temporary)];
  expect(observedIn(await tracked.act(look))).toEqual([]);
  writeFileSync(path, '');
  const acted = await tracked.act(look);
  rmSync(temporary, { recursive: true });
  expect(observedIn(acted)).toEqual([`stat ${path}`, `listing ${temporary}`]);
});

test('O5: what was written in the image is read by its own name through a link', async () => {
  const path = join(image, 'by-link');
  fs.rmSync(tracked.path('links'), { recursive: true, force: true });
  mkdirSync(tracked.path('links'));
  fs.symlinkSync(path, tracked.path('links/written'));
  await tracked.act(() => writeFileSync(path, 'x'));
  const acted = await tracked.act(() => readFileSync(tracked.path('links/written')));
  expect(observedIn(acted)).toContain(`file ${path}`);
});

test('O6 Q5: who one is and what one is limited to, containers say alike', async () => {
  const acted = await tracked.act(() => [
    os.hostname(),
    os.userInfo(),
    process.getuid?.(),
    process.getgroups?.(),
    os.networkInterfaces(),
    os.availableParallelism(),
    process.constrainedMemory(),
  ]);
  expect(acted.seen.observations).toEqual([]);
  expect(observedIn(await tracked.act(() => os.totalmem()))).toEqual(['os.totalmem']);
});

test('O1: a package of the image is found because no mounted one comes before it', async () => {
  const specifier = `skein-of-image-${process.pid}`;
  const folder = join(tracked.root, '..', 'node_modules', specifier);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), 'module.exports = 1;');
  const load = createRequire(tracked.path('a.cjs'));
  tracked.write({ 'a.cjs': '' });
  const acted = await tracked.act(() => load(specifier) as unknown);
  rmSync(folder, { recursive: true });
  expect([acted.value, acted.error]).toEqual([1, undefined]);
  expect(acted.seen.observations).toEqual([{ kind: 'module', specifier, from: '.', digest: null }]);
});

test('O8: a program of the image is not observed, its arguments are', async () => {
  const acted = await tracked.act(() =>
    execFileSync('cat', [tracked.path('a.txt'), join(image, 'lib.txt')]),
  );
  expect(acted.error).toBeUndefined();
  expect(observedIn(acted)).toEqual(['file a.txt']);
  expect(impuritiesOf(acted)).toEqual(['subprocess cat']);
});

test('O8: a mounted program is a file, and so is a mounted interpreter', async () => {
  const cwd = tracked.root;
  const run = (program: string, PATH?: string): unknown =>
    execFileSync(program, ['1'], { cwd, ...(PATH !== undefined && { env: { PATH } }) });
  expect(observedIn(await tracked.act(() => run('./bin/other')))).toEqual([
    'stat bin/other',
    'file bin/other',
    'stat bin/tool',
    'file bin/tool',
  ]);
  const found = await tracked.act(() => run('tool', `${tracked.root}:/bin:${tracked.root}/bin`));
  expect(observedIn(found)).toEqual(['stat tool', 'stat bin/tool', 'file bin/tool']);
});

const REFUSED: readonly (readonly [string, () => unknown])[] = [
  ['fetch', () => fetch('https://example.com/a')],
  ['a Request', () => fetch(new Request('http://10.1.2.3/'))],
  ['net', () => once(net.connect(80, 'example.com'), 'connect')],
  ['net by address', () => once(net.connect({ port: 80, host: '8.8.8.8' }), 'connect')],
  ['new Socket', () => once(new net.Socket().connect(80, 'example.com'), 'connect')],
  ['tls', () => once(tls.connect(443, 'example.com', { servername: 'a.com' }), 'secureConnect')],
  ['http', () => once(http.get('http://example.com/'), 'response')],
  ['http2', () => once(http2.connect('https://example.com'), 'connect')],
  ['dns', () => promisify(lookup)('example.com')],
  ['dns of no host', () => promisify(dns.resolve4)('localhost.example')],
  ['dns.promises', () => dns.promises.lookup('example.com')],
  ['Resolver', () => new dns.promises.Resolver().resolve4('example.com')],
  ['dgram', () => dgram.createSocket('udp4').send('x', 53, '8.8.8.8')],
];

test.each(REFUSED)(
  'O8: without a network %s fails at once, and says what to write',
  async (_, use) => {
    const acted = await tracked.act(use);
    expect(acted.error).toMatchObject({
      code: 'ENETUNREACH',
      message: expect.stringMatching(
        /^the container of this task has no network: ".+" cannot be reached; write "network: true"/,
      ),
    });
  },
);

test('O8: what stays in the container is reached as ever', async () => {
  const { port } = server.address() as AddressInfo;
  const acted = await tracked.act(async () => {
    const connected = net.connect(port, '127.0.0.1');
    await once(connected, 'connect');
    connected.destroy();
    await promisify(lookup)('127.0.0.1');
    return await (await fetch(`http://localhost:${port}/`)).text();
  });
  expect([acted.value, acted.error]).toEqual(['hello', undefined]);
  expect(impuritiesOf(acted)).toContain('network fetch');
});
