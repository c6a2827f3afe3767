import type { ServerResponse } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { craft, craftIndex, stored, type Stored } from '../test/crafted-image.ts';
import { factOf, failureOf, makeFolder, nobody, open, valueOf } from '../test/opened-images.ts';
import type { Folder } from '../test/opened-images.ts';
import type { Fetch } from './http-get.ts';
import { speak, type Asked, type SpeakingServer } from '../test/speaking-server.ts';

let folder: Folder;
const servers: SpeakingServer[] = [];
beforeEach(() => {
  folder = makeFolder();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  folder.remove();
});

type Answer = (asked: Asked, response: ServerResponse, count: number) => void;

async function serve(answer: Answer): Promise<SpeakingServer> {
  const server = await speak(answer);
  servers.push(server);
  return server;
}

const GOOD = craft({});

/** By path below `/v2/acme/x/`; whatever is not in it is not there. */
function contents(more: Readonly<Record<string, Stored>>): Answer {
  const all: Readonly<Record<string, Stored>> = {
    'manifests/1': GOOD.manifest,
    ...Object.fromEntries(GOOD.blobs.map((it) => [`blobs/${it.digest}`, it])),
    ...more,
  };
  return ({ path }, response) => {
    const found = all[path.replace('/v2/acme/x/', '')];
    response.writeHead(found === undefined ? 404 : 200, {
      'content-type': found?.mediaType ?? 'text/plain',
    });
    response.end(found?.bytes);
  };
}

async function saidOf(answer: Answer, target = ':1', timeoutMs = 10_000): Promise<string> {
  const { host } = await serve(answer);
  const text = `${host}/acme/x${target}`;
  const { images } = open(folder.path, { timeoutMs });
  const failure = failureOf(await images.resolve(text));
  expect(failure).toMatchObject({ code: 'image-registry', kind: 'environment' });
  expect(factOf(failure, 'image')).toBe(text);
  expect(valueOf(images.locked())).toEqual([]);
  return factOf(failure, 'said') ?? '';
}

const TYPE = 'application/vnd.oci.image.manifest.v1+json';

test('content that has not the digest that was asked for is refused: manifest', async () => {
  const other = craft({ content: 'another' }).manifest;
  const lie = contents({ [`manifests/${GOOD.manifest.digest}`]: other });
  expect(await saidOf(lie, `@${GOOD.manifest.digest}`)).toBe(
    `content of ${other.digest} as that of ${GOOD.manifest.digest}`,
  );
});

test('content that has not the digest that was asked for is refused: in an index', async () => {
  const index = craftIndex([{}]);
  const other = craft({ content: 'another' }).manifest;
  const lie = contents({ 'manifests/1': index, [`manifests/${GOOD.manifest.digest}`]: other });
  expect(await saidOf(lie)).toContain(`content of ${other.digest}`);
});

test('content that has not the digest that was asked for is refused: configuration', async () => {
  const config = GOOD.blobs[0]?.digest ?? '';
  const lie = contents({ [`blobs/${config}`]: stored('{"os":"linux"}', TYPE) });
  expect(await saidOf(lie)).toContain(`as that of ${config}`);
});

test('a header that says another digest than the content has is not believed', async () => {
  const honest = contents({});
  const digest = `sha256:${'0'.repeat(64)}`;
  const said = await saidOf((asked, response, count) => {
    response.setHeader('docker-content-digest', digest);
    honest(asked, response, count);
  });
  expect(said).toBe(`content of ${GOOD.manifest.digest} as that of ${digest}`);
});

test.each([
  ['', 'a manifest that is no JSON object'],
  ['<html>sign in</html>', 'a manifest that is no JSON object'],
  ['[]', 'a manifest that is no JSON object'],
  ['{}', 'a manifest without configuration and layers'],
  ['{"schemaVersion":1,"fsLayers":[]}', 'a manifest of the old schema 1'],
  ['{"config":{"digest":"sha256:12"},"layers":[]}', 'a manifest without configuration and layers'],
  ['{"manifests":[],"config":{},"layers":[]}', 'a manifest that is an index, too'],
])('a manifest that is none is refused: %s', async (bytes, problem) => {
  expect(await saidOf(contents({ 'manifests/1': stored(bytes, TYPE) }))).toBe(problem);
});

test.each([
  ['[1]', 'a configuration that is no JSON object'],
  ['{"os":"linux"}', 'a configuration that names no platform'],
  ['{"os":"linux","architecture":"../x"}', 'a configuration that names no platform'],
])('a configuration that is none is refused: %s', async (bytes, problem) => {
  const config = stored(bytes, TYPE);
  const manifest = JSON.stringify({ config: { digest: config.digest }, layers: [] });
  const served = { 'manifests/1': stored(manifest, TYPE), [`blobs/${config.digest}`]: config };
  expect(await saidOf(contents(served))).toBe(problem);
});

test('entries of an index that nobody understands are none of its images', async () => {
  const odd = [
    null,
    7,
    {},
    { digest: 'sha256:1' },
    { digest: GOOD.manifest.digest, mediaType: 'application/vnd.example+json' },
    { digest: GOOD.manifest.digest, platform: { os: 'linux' } },
    { digest: GOOD.manifest.digest, platform: { os: 'linux', architecture: 'amd64' } },
  ];
  const { host } = await serve(
    contents({
      'manifests/1': stored(JSON.stringify({ manifests: odd }), TYPE),
      [`manifests/${GOOD.manifest.digest}`]: GOOD.manifest,
    }),
  );
  const image = valueOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(image.digest).toBe(GOOD.manifest.digest);
});

test('an entry without a platform is that of its configuration', async () => {
  const index = stored(JSON.stringify({ manifests: [{ digest: GOOD.manifest.digest }] }), TYPE);
  const { host } = await serve(
    contents({ 'manifests/1': index, [`manifests/${GOOD.manifest.digest}`]: GOOD.manifest }),
  );
  const image = valueOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(image.digest).toBe(GOOD.manifest.digest);
});

test('a mirror that holds one platform of an index only is enough for that one', async () => {
  const index = craftIndex([{}, { platform: 'linux/arm64' }]);
  const { host } = await serve(
    contents({ 'manifests/1': index, [`manifests/${GOOD.manifest.digest}`]: GOOD.manifest }),
  );
  const text = `${host}/acme/x:1`;
  expect(valueOf(await open(folder.path).images.resolve(text)).digest).toBe(GOOD.manifest.digest);
  const arm = await open(folder.path, { platform: 'linux/arm64' }).images.resolve(text);
  expect(failureOf(arm)).toMatchObject({ code: 'image-not-found' });
  expect(factOf(failureOf(arm), 'offered')).toBe('linux/amd64');
});

test('a registry that never answers, or stops in the middle, is given up', async () => {
  expect(await saidOf(() => undefined, ':1', 300)).toBe('no answer within 0.3 s');
  const stuck: Answer = (_, response) => {
    response.writeHead(200, { 'content-length': 1_000 });
    response.write('{');
  };
  expect(await saidOf(stuck, ':1', 300)).toBe('no answer within 0.3 s');
});

test('an answer without end is refused', async () => {
  const endless = await saidOf((_, response) => {
    response.writeHead(200);
    const piece = Buffer.alloc(1 << 20, ' ');
    const more = (): void => {
      if (!response.destroyed && response.write(piece)) setImmediate(more);
    };
    response.on('drain', more);
    more();
  });
  expect(endless).toMatch(/^an answer of more than \d+ bytes$/);
});

test('a connection that breaks is tried once more, and only once', async () => {
  const honest = contents({});
  const { host, asked } = await serve((it, response, count) => {
    if (count === 1) response.destroy();
    else honest(it, response, count);
  });
  const image = valueOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(image.digest).toBe(GOOD.manifest.digest);
  expect(asked).toHaveLength(3);
  const broken = await serve((_, response) => response.destroy());
  const failed = await open(folder.path).images.resolve(`${broken.host}/acme/x:1`);
  expect(factOf(failureOf(failed), 'said')).toMatch(
    /^(connection reset|the connection was closed)$/,
  );
  expect(broken.asked).toHaveLength(2);
});

test('what a registry says moves no terminal and fills none', async () => {
  const said = await saidOf((_, response) => {
    const message = `\u001b[2J\u202Eodd\n${'x'.repeat(5_000)}`;
    response.writeHead(500).end(JSON.stringify({ errors: [{ code: 'UNKNOWN', message }] }));
  });
  expect(said).toMatch(/^500 UNKNOWN: \[2J odd x+…$/);
  expect(said.length).toBeLessThan(400);
  expect(await saidOf((_, response) => response.writeHead(503).end('<html>'))).toBe('503');
});

test('a blob that lies elsewhere is fetched from there, without the credentials', async () => {
  const config = GOOD.blobs[0];
  const store = await serve((_, response) => response.writeHead(200).end(config?.bytes));
  const honest = contents({});
  const { host, asked } = await serve((it, response, count) => {
    if (it.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end();
    } else if (!it.path.includes('/blobs/')) honest(it, response, count);
    else response.writeHead(307, { location: `http://${store.host}/there?signed=1` }).end();
  });
  signIn(host, { auth: Buffer.from('u:p').toString('base64') });
  valueOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(asked.map(({ authorization }) => authorization)).toEqual([
    undefined,
    'Basic dTpw',
    'Basic dTpw',
  ]);
  expect(store.asked).toMatchObject([{ path: '/there', authorization: undefined }]);
});

function signIn(host: string, auth: object): void {
  const path = join(nobody(folder.path)['HOME'] ?? '', '.docker/config.json');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ auths: { [host]: auth } }));
}

/** A registry with the token server beside it, as most public ones are. */
async function tokenRegistry(realm?: string): Promise<SpeakingServer> {
  const honest = contents({});
  const server: SpeakingServer = await serve((asked, response, count) => {
    if (asked.path === '/token') {
      const isKnown = asked.authorization === 'Basic dTpw' || asked.body.includes('refresh');
      const token = isKnown ? 'good' : 'anonymous';
      response.writeHead(200).end(JSON.stringify({ [isKnown ? 'token' : 'access_token']: token }));
    } else if (asked.authorization !== 'Bearer good') {
      const where = realm ?? `http://${server.host}/token`;
      const header = `Bearer realm="${where}",service="reg",scope="repository:acme/x:pull"`;
      response.writeHead(401, { 'www-authenticate': header });
      response.end(JSON.stringify({ errors: [{ code: 'DENIED', message: 'no' }] }));
    } else honest(asked, response, count);
  });
  return server;
}

test('a token: asked for once with the password, and used for all that follows', async () => {
  const { host, asked } = await tokenRegistry();
  signIn(host, { auth: Buffer.from('u:p').toString('base64') });
  valueOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(asked.map(({ path, authorization }) => [path.split('/').at(-2), authorization])).toEqual([
    ['manifests', undefined],
    ['', 'Basic dTpw'],
    ['manifests', 'Bearer good'],
    ['blobs', 'Bearer good'],
  ]);
  expect(Object.fromEntries(asked[1]?.query ?? [])).toEqual({
    service: 'reg',
    scope: 'repository:acme/x:pull',
  });
});

test('a token: an identity token is exchanged by a form', async () => {
  const { host, asked } = await tokenRegistry();
  signIn(host, { identitytoken: 'long lived' });
  valueOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(asked[1]).toMatchObject({ method: 'POST', path: '/token', authorization: undefined });
  expect(Object.fromEntries(new URLSearchParams(asked[1]?.body))).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'long lived',
    client_id: 'skein',
    service: 'reg',
    scope: 'repository:acme/x:pull',
  });
});

test('a token that is not enough: refused, with what the registry said', async () => {
  const { host } = await tokenRegistry();
  const failure = failureOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(failure).toMatchObject({ code: 'image-registry', kind: 'environment' });
  expect(factOf(failure, 'said')).toBe('401 DENIED: no');
  expect(factOf(failure, 'credentials')).toBe('none were found');
});

test.each([
  ['http://tokens.example/token', /which is plain http$/],
  ['file:///etc/passwd', /^it sends to "file:/],
  ['nowhere', /^it sends to "nowhere" for a token$/],
])('a token: nobody is led to %s with a password', async (realm, said) => {
  const { host, asked } = await tokenRegistry(realm);
  signIn(host, { auth: Buffer.from('u:p').toString('base64') });
  const failure = failureOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(factOf(failure, 'said')).toMatch(said);
  expect(asked).toHaveLength(1);
});

test('a refusal names what stood in the way of credentials, and no secret', async () => {
  const { host } = await tokenRegistry();
  const path = join(nobody(folder.path)['HOME'] ?? '', '.docker/config.json');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ auths: { [host]: {} }, credsStore: 'is-nowhere' }));
  const failure = failureOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(factOf(failure, 'trouble')).toBe('"docker-credential-is-nowhere" is not installed');
});

test('a refusal without a way to sign in is one', async () => {
  const { host } = await serve((_, response) => response.writeHead(403).end());
  const failure = failureOf(await open(folder.path).images.resolve(`${host}/acme/x:1`));
  expect(failure.headline).toBe('the registry refuses to give this image');
  expect(factOf(failure, 'said')).toBe('403');
});

test('plain http is for this machine and for registries that are configured', async () => {
  const urls: string[] = [];
  const refuse: Fetch = async (url) => {
    urls.push(new URL(url).origin);
    return await Promise.resolve(new Response(null, { status: 404 }));
  };
  const insecureRegistries = ['cache.lan:5000'];
  const { images } = open(folder.path, { fetch: refuse, insecureRegistries });
  for (const host of ['localhost', '127.0.0.2:1', '[::1]:1', 'cache.lan:5000']) {
    await images.resolve(`${host}/x`);
  }
  for (const host of ['cache.lan:5001', '127.0.0.1.example.org', 'ghcr.io']) {
    await images.resolve(`${host}/x`);
  }
  await images.resolve('x');
  expect(urls).toEqual([
    'http://localhost',
    'http://127.0.0.2:1',
    'http://[::1]:1',
    'http://cache.lan:5000',
    'https://cache.lan:5001',
    'https://127.0.0.1.example.org',
    'https://ghcr.io',
    'https://registry-1.docker.io',
  ]);
});

test('from https nobody is led to plain http', async () => {
  const redirected: Fetch = async () => {
    const response = new Response(GOOD.manifest.bytes);
    Object.defineProperty(response, 'url', { value: 'http://elsewhere.example/v2/' });
    return await Promise.resolve(response);
  };
  const { images } = open(folder.path, { fetch: redirected });
  const failure = failureOf(await images.resolve('ghcr.io/acme/x:1'));
  expect(factOf(failure, 'said')).toBe('it redirects to plain http');
});
