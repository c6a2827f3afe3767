import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noRegistry, READER, startRegistry, type TestRegistry } from '../../../scripts/registry.ts';
import { upload, uploadIndex } from '../test/crafted-image.ts';
import {
  factOf,
  failureOf,
  makeFolder,
  nobody,
  open,
  valueOf,
  type Folder,
} from '../test/opened-images.ts';

const missing = noRegistry();

describe.skipIf(missing !== undefined)(`a registry of the system ${missing ?? ''}`, () => {
  let registries: Folder;
  let registry: TestRegistry;
  let closed: TestRegistry;
  let folder: Folder;
  let repository: string;
  let count = 0;

  beforeAll(async () => {
    registries = makeFolder();
    registry = await startRegistry(join(registries.path, 'open'));
    closed = await startRegistry(join(registries.path, 'closed'), { isClosed: true });
  });
  afterAll(async () => {
    await registry.stop();
    await closed.stop();
    registries.remove();
  });
  beforeEach(() => {
    folder = makeFolder();
    repository = `acme/x${count++}`;
  });
  afterEach(() => folder.remove());

  const place = () => ({ host: registry.host, repository });
  const named = (tag: string) => `${registry.host}/${repository}:${tag}`;

  test.each(['oci', 'docker'] as const)(
    'Q6: a tag (%s) is the digest of its manifest, is locked, and a moved one changes nothing',
    async (type) => {
      const manifest = await upload(place(), '1', { type, variables: ['NODE_VERSION=26.2.0'] });
      const first = open(folder.path);
      expect(first.images.known(named('1'))).toBeUndefined();
      const image = valueOf(await first.images.resolve(named('1')));
      expect(image).toEqual({
        name: named('1'),
        reference: `${registry.host}/${repository}@${manifest.digest}`,
        digest: manifest.digest,
        node: '26.2.0',
      });
      expect(first.images.known(named('1'))).toEqual(image);
      expect(first.locked).toEqual([
        { key: named('1'), kind: 'reference', platform: 'linux/amd64', image },
      ]);

      const other = await upload(place(), '1', { type, content: 'one byte more' });
      const later = open(folder.path);
      expect(later.images.known(named('1'))).toEqual(image);
      expect(valueOf(await later.images.resolve(named('1')))).toEqual(image);
      expect(later.locked).toEqual([]);

      const [update] = valueOf(await later.images.update([named('1')]));
      expect(update).toMatchObject({ before: image, after: { digest: other.digest } });
      expect(update?.after.node).toBeUndefined();
      expect(open(folder.path).images.known(named('1'))).toEqual(update?.after);
    },
  );

  test.each(['oci', 'docker'] as const)(
    'Q6: an index (%s) is locked for both platforms at once: laptops and servers share it',
    async (type) => {
      const parts = [
        { platform: 'linux/arm/v7', content: 'small' },
        { platform: 'linux/amd64', variables: ['NODE_VERSION=22.1.0'] },
        { platform: 'linux/arm64/v8', variables: ['NODE_VERSION=v24.21.3'] },
        { platform: 'windows/amd64' },
      ] as const;
      const index = await uploadIndex(
        place(),
        '1',
        parts.map((it) => ({ ...it, type })),
      );
      const amd = valueOf(await open(folder.path).images.resolve(named('1')));
      const arm = open(folder.path, { platform: 'linux/arm64' }).images.known(named('1'));
      expect(amd.node).toBeUndefined();
      expect(arm?.node).toBe('24.21.3');
      expect(new Set([amd.digest, arm?.digest, index.digest]).size).toBe(3);
      const locked = valueOf(open(folder.path).images.locked());
      expect(locked.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    },
  );

  test('Q6: a digest of an index is that of this platform, one of a manifest itself', async () => {
    const index = await uploadIndex(place(), '1', [
      { platform: 'linux/amd64' },
      { platform: 'linux/arm64' },
    ]);
    const { images } = open(folder.path);
    const byTag = valueOf(await images.resolve(named('1')));
    const pinned = `${named('1')}@${index.digest}`;
    expect(valueOf(await images.resolve(pinned)).digest).toBe(byTag.digest);
    const exact = `${registry.host}/${repository}@${byTag.digest}`;
    expect(valueOf(await images.resolve(exact)).digest).toBe(byTag.digest);
    const arm = open(folder.path, { platform: 'linux/arm64' });
    expect(arm.images.known(exact)?.digest).toBe(byTag.digest);
    expect(arm.images.known(pinned)?.digest).not.toBe(byTag.digest);
  });

  test('Q6: a platform that nobody locked is added as long as the tag has not moved', async () => {
    const parts = [{ platform: 'linux/amd64' }, { platform: 'linux/s390x' }];
    await uploadIndex(place(), '1', parts);
    const amd = valueOf(await open(folder.path).images.resolve(named('1')));
    const other = open(folder.path, { platform: 'linux/s390x' });
    expect(other.images.known(named('1'))).toBeUndefined();
    const s390x = valueOf(await other.images.resolve(named('1')));
    expect(s390x.digest).not.toBe(amd.digest);
    expect(valueOf(other.images.locked())).toHaveLength(2);

    await uploadIndex(place(), '2', parts);
    await open(folder.path).images.resolve(named('2'));
    const moved = parts.map((it) => ({ ...it, content: 'moved' }));
    await uploadIndex(place(), '2', moved);
    const failure = failureOf(
      await open(folder.path, { platform: 'linux/s390x' }).images.resolve(named('2')),
    );
    expect(failure).toMatchObject({ code: 'image-lock', kind: 'usage' });
    expect(factOf(failure, 'image')).toBe(named('2'));
    expect(failure.hint).toContain('skein image update');
  });

  test('an update keeps the platforms that others locked', async () => {
    const parts = [{ platform: 'linux/amd64' }, { platform: 'linux/s390x' }];
    await uploadIndex(place(), '1', parts);
    await open(folder.path, { platform: 'linux/s390x' }).images.resolve(named('1'));
    await uploadIndex(place(), '1', [...parts, { platform: 'linux/arm64' }]);
    const { images } = open(folder.path);
    valueOf(await images.update([named('1')]));
    const platforms = valueOf(images.locked()).map(({ platform }) => platform);
    expect(platforms).toEqual(['linux/amd64', 'linux/arm64', 'linux/s390x']);
  });

  test('an image of another platform is refused, with those that there are', async () => {
    await uploadIndex(place(), '1', [{ platform: 'linux/arm64' }, { platform: 'linux/amd64/v3' }]);
    await upload(place(), '2', { platform: 'linux/arm64' });
    const { images } = open(folder.path);
    const failure = failureOf(await images.resolve(named('1')));
    expect(failure).toMatchObject({ code: 'image-not-found', kind: 'usage' });
    expect(factOf(failure, 'offered')).toBe('linux/arm64, linux/amd64/v3');
    expect(factOf(failureOf(await images.resolve(named('2'))), 'offered')).toBe('linux/arm64');
    expect(valueOf(images.locked())).toEqual([]);
  });

  test('what the registry does not have is named', async () => {
    await upload(place(), '1', {});
    const { images } = open(folder.path);
    for (const text of [named('2'), `${registry.host}/acme/none:1`]) {
      const failure = failureOf(await images.resolve(text));
      expect(failure).toMatchObject({ code: 'image-not-found', kind: 'usage' });
      expect(factOf(failure, 'image')).toBe(text);
      expect(factOf(failure, 'said')).toMatch(/^404 (MANIFEST|NAME)_UNKNOWN: /);
    }
  });

  test('one update is all or nothing', async () => {
    await upload(place(), '1', {});
    const { images } = open(folder.path);
    const before = valueOf(await images.resolve(named('1')));
    await upload(place(), '1', { content: 'moved' });
    failureOf(await images.update([named('1'), named('absent')]));
    expect(images.known(named('1'))).toEqual(before);
    expect(open(folder.path).images.known(named('1'))).toEqual(before);
  });

  test('what is asked for at once is asked of the registry once', async () => {
    await upload(place(), '1', {});
    const urls: string[] = [];
    const { images, locked } = open(folder.path, {
      fetch: async (url, init) => {
        urls.push(url);
        return await fetch(url, init);
      },
    });
    const all = await Promise.all(Array.from({ length: 5 }, () => images.resolve(named('1'))));
    expect(new Set(all.map((it) => valueOf(it).digest)).size).toBe(1);
    expect(urls).toHaveLength(2);
    expect(locked).toHaveLength(1);
  });

  test('of two that look at once the first that writes decides', async () => {
    await upload(place(), '1', {});
    const [one, other] = [open(folder.path), open(folder.path)];
    const first = valueOf(await one.images.resolve(named('1')));
    await upload(place(), '1', { content: 'moved' });
    expect(valueOf(await other.images.resolve(named('1')))).toEqual(first);
    expect(other.images.known(named('1'))).toEqual(first);
    expect(other.locked).toEqual([]);
  });

  test('read-only: resolved, told, and not written', async () => {
    await upload(place(), '1', {});
    const { images, warnings, locked } = open(folder.path, { readOnly: true });
    const image = valueOf(await images.resolve(named('1')));
    expect(images.known(named('1'))).toEqual(image);
    expect(warnings).toMatchObject([{ code: 'image-lock', kind: 'warning' }]);
    expect(locked).toEqual([]);
    expect(open(folder.path).images.known(named('1'))).toBeUndefined();
  });

  test('inspect: every platform, with what people ask of an image', async () => {
    const index = await uploadIndex(place(), '1', [
      { platform: 'linux/amd64', variables: ['NODE_VERSION=22.0.0', 'KEY=secret'], content: 'abc' },
      { platform: 'linux/arm/v6' },
    ]);
    const inspection = valueOf(await open(folder.path).images.inspect(named('1')));
    expect(inspection).toMatchObject({
      reference: named('1'),
      digest: index.digest,
      isIndex: true,
    });
    expect(inspection.platforms).toMatchObject([
      {
        platform: 'linux/amd64',
        size: 3,
        layers: 1,
        created: '2024-05-06T07:08:09Z',
        variables: ['PATH', 'NODE_VERSION', 'KEY'],
        entrypoint: ['/run'],
        command: [],
        node: '22.0.0',
      },
      { platform: 'linux/arm/v6' },
    ]);
    expect(JSON.stringify(inspection)).not.toContain('secret');
    expect(open(folder.path).images.known(named('1'))).toBeUndefined();
  });

  test('one that wants a password gets what Docker keeps, or the failure says so', async () => {
    const pair = Buffer.from(`${READER.username}:${READER.password}`).toString('base64');
    const there = { host: closed.host, repository, authorization: `Basic ${pair}` };
    const manifest = await upload(there, '1', {});
    const text = `${closed.host}/${repository}:1`;
    const failure = failureOf(await open(folder.path).images.resolve(text));
    expect(failure).toMatchObject({ code: 'image-registry', kind: 'environment' });
    expect(factOf(failure, 'image')).toBe(text);
    expect(factOf(failure, 'registry')).toBe(closed.host);
    expect(factOf(failure, 'credentials')).toBe('none were found');
    expect(failure.hint).toContain(`podman login ${closed.host}`);

    const environment = nobody(folder.path);
    const path = join(environment['HOME'] ?? '', '.docker/config.json');
    mkdirSync(dirname(path), { recursive: true });
    const wrong = Buffer.from('reader:wrong').toString('base64');
    writeFileSync(path, JSON.stringify({ auths: { [closed.host]: { auth: wrong } } }));
    const refused = failureOf(await open(folder.path).images.resolve(text));
    expect(factOf(refused, 'credentials')).toBe('were sent');
    expect(JSON.stringify(refused)).not.toMatch(/wrong|cmVhZGVy/);
    writeFileSync(path, JSON.stringify({ auths: { [closed.host]: { auth: pair } } }));
    const image = valueOf(await open(folder.path).images.resolve(text));
    expect(image.digest).toBe(manifest.digest);
  });
});

test('Q6: without entry and registry nothing is guessed, and the image is named', async () => {
  const folder = makeFolder();
  const { images } = open(folder.path, { timeoutMs: 2_000 });
  for (const [text, said] of [
    ['127.0.0.1:1234/acme/x:1', 'connection refused'],
    ['127.0.0.1:9/acme/x:1', 'a port that is kept for something else than http'],
  ] as const) {
    const failure = failureOf(await images.resolve(text));
    expect(failure).toMatchObject({ code: 'image-registry', kind: 'environment' });
    expect(factOf(failure, 'image')).toBe(text);
    expect(factOf(failure, 'said')).toBe(said);
  }
  expect(failureOf(await images.resolve('No Such'))).toMatchObject({ code: 'image-not-found' });
  folder.remove();
});

test('a damaged lock fails what needs it, and nothing else', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder.path, 'skein.images.json'), '{"version": 1, "images": {}, <<<<<<<');
  const { images } = open(folder.path);
  expect(images.known('127.0.0.1:9/x')).toBeUndefined();
  for (const result of [
    await images.resolve('127.0.0.1:9/x'),
    images.locked(),
    await images.update([]),
  ]) {
    expect(failureOf(result)).toMatchObject({ code: 'image-lock', kind: 'usage' });
  }
  folder.remove();
});
