import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder, type Folder } from '../test/opened-images.ts';
import { findCredentials, type FoundCredentials } from './credentials.ts';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());

function write(path: string, content: unknown): string {
  const whole = join(folder.path, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, typeof content === 'string' ? content : JSON.stringify(content));
  return whole;
}

/** A helper as Docker asks it: it answers `answers` by what it is asked for. */
function writeHelper(name: string, script: string): void {
  const path = write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

async function find(
  image: string,
  more: Readonly<Record<string, string>> = {},
): Promise<FoundCredentials> {
  const slash = image.indexOf('/');
  const place = { registry: image.slice(0, slash), repository: image.slice(slash + 1) };
  const environment = {
    HOME: join(folder.path, 'home'),
    XDG_RUNTIME_DIR: join(folder.path, 'run'),
    PATH: `${join(folder.path, 'bin')}:/usr/bin:/bin`,
    ...more,
  };
  return await findCredentials(place, { environment, timeoutMs: 5_000 });
}

function auth(pair: string): { auth: string } {
  return { auth: Buffer.from(pair).toString('base64') };
}

function password(pair: string): FoundCredentials {
  const [username = '', secret = ''] = pair.split(':');
  return { credentials: { kind: 'password', username, password: secret }, troubles: [] };
}

const DOCKER = 'home/.docker/config.json';

test('nobody is signed in where there is no file', async () => {
  expect(await find('ghcr.io/acme/x')).toEqual({ troubles: [] });
});

test('files of podman come before those of Docker; who knows nothing is passed over', async () => {
  write(DOCKER, { auths: { 'ghcr.io': auth('docker:1'), 'a.io': auth('docker:2') } });
  write('home/.config/containers/auth.json', { auths: { 'ghcr.io': auth('home:1') } });
  write('run/containers/auth.json', { auths: { 'b.io': auth('run:1') } });
  expect(await find('b.io/x')).toEqual(password('run:1'));
  expect(await find('ghcr.io/x')).toEqual(password('home:1'));
  expect(await find('a.io/x')).toEqual(password('docker:2'));
  expect(await find('c.io/x')).toEqual({ troubles: [] });
});

test('files that the environment names: one stands alone, one replaces another', async () => {
  write(DOCKER, { auths: { 'ghcr.io': auth('docker:1') } });
  const config = dirname(write('elsewhere/config.json', { auths: { 'ghcr.io': auth('other:1') } }));
  const alone = write('alone.json', { auths: { 'a.io': auth('alone:1') } });
  expect(await find('ghcr.io/x', { DOCKER_CONFIG: config })).toEqual(password('other:1'));
  expect(await find('a.io/x', { REGISTRY_AUTH_FILE: alone })).toEqual(password('alone:1'));
  expect(await find('ghcr.io/x', { REGISTRY_AUTH_FILE: alone })).toEqual({ troubles: [] });
});

test('the longest key that names the repository or a part of its path decides', async () => {
  write(DOCKER, {
    auths: {
      'ghcr.io': auth('host:1'),
      'ghcr.io/acme': auth('acme:1'),
      'ghcr.io/acme/x': auth('x:1'),
    },
  });
  expect(await find('ghcr.io/acme/x')).toEqual(password('x:1'));
  expect(await find('ghcr.io/acme/xy')).toEqual(password('acme:1'));
  expect(await find('ghcr.io/acmes/x')).toEqual(password('host:1'));
  expect(await find('ghcr.io.evil.org/acme/x')).toEqual({ troubles: [] });
});

test.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])(
  'Docker Hub is known as "%s", too',
  async (key) => {
    write(DOCKER, { auths: { [key]: auth('hub:1') } });
    expect(await find('docker.io/library/python')).toEqual(password('hub:1'));
  },
);

test('keys that are addresses count by their host', async () => {
  write(DOCKER, { auths: { 'https://a.io:5000/v2/': auth('a:1'), 'http://b.io': auth('b:1') } });
  expect(await find('a.io:5000/x')).toEqual(password('a:1'));
  expect(await find('b.io/x')).toEqual(password('b:1'));
  expect(await find('a.io/x')).toEqual({ troubles: [] });
});

test('identity tokens, names in plain, and a colon in a password', async () => {
  const pair = { username: 'u', password: 'p' };
  write(DOCKER, {
    auths: {
      'a.io': { ...auth('u:ignored'), identitytoken: 'secret' },
      'b.io': pair,
      'c.io': auth('u:a:b'),
      'd.io': {},
    },
  });
  expect(await find('a.io/x')).toEqual({
    credentials: { kind: 'identity', token: 'secret' },
    troubles: [],
  });
  expect(await find('b.io/x')).toEqual(password('u:p'));
  expect((await find('c.io/x')).credentials).toMatchObject({ username: 'u', password: 'a:b' });
  expect(await find('d.io/x')).toEqual({ troubles: [] });
});

test('a helper for one registry, another for all, and Docker Hub by its old address', async () => {
  const answer = (user: string) =>
    `read server; printf '{"Username":"${user}","Secret":"%s"}' "$server"`;
  writeHelper('one', `[ "$1" = get ] || exit 2; ${answer('one')}`);
  writeHelper('all', answer('<token>'));
  write(DOCKER, { auths: { 'a.io': {} }, credHelpers: { 'a.io': 'one' }, credsStore: 'all' });
  expect((await find('a.io/x')).credentials).toEqual({
    kind: 'password',
    username: 'one',
    password: 'a.io',
  });
  expect((await find('docker.io/library/x')).credentials).toEqual({
    kind: 'identity',
    token: 'https://index.docker.io/v1/',
  });
});

test('a helper that knows nothing, is gone or fails hides nothing, and is told', async () => {
  writeHelper('none', 'echo "credentials not found in native keychain"; exit 1');
  writeHelper('broken', 'echo "secret things"; exit 1');
  writeHelper('odd', 'echo "secret things"');
  const store = (credsStore: string) => ({ auths: { 'a.io': auth('u:p') }, credsStore });
  write(DOCKER, store('none'));
  expect(await find('a.io/x')).toEqual(password('u:p'));
  expect(await find('b.io/x')).toEqual({ troubles: [] });
  for (const [name, trouble] of [
    ['broken', '"docker-credential-broken" failed'],
    ['odd', '"docker-credential-odd" gave no credentials'],
    ['absent', '"docker-credential-absent" is not installed'],
    ['../evil', 'a credential helper has no proper name'],
  ] as const) {
    write(DOCKER, store(name));
    expect(await find('a.io/x')).toEqual(password('u:p'));
    expect(await find('b.io/x')).toEqual({ troubles: [trouble] });
  }
});

test('a damaged file is told without a word of what is in it', async () => {
  const path = write(DOCKER, '{"auths": {"a.io": {"auth": "c2VjcmV0OnNlY3JldA=="');
  expect(await find('a.io/x')).toEqual({ troubles: [`"${path}" is no JSON object`] });
  write(DOCKER, { auths: { 'a.io': { auth: 'c2VjcmV0' } } });
  const found = await find('a.io/x');
  expect(found.troubles).toEqual([`"${path}": what it says for "a.io" is damaged`]);
  expect(JSON.stringify(found)).not.toContain('secret');
});

test('an empty file is none: podman makes such', async () => {
  write('run/containers/auth.json', '');
  write(DOCKER, { auths: { 'a.io': auth('u:p') } });
  expect(await find('a.io/x')).toEqual(password('u:p'));
});
