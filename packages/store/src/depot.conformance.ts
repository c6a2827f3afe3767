import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { digestOf } from '@skein/values';
import { expect, test } from 'vitest';
import {
  SetClock,
  contentsOf,
  depotOver,
  entryOf,
  foundBy,
  keyNamed,
  publicKeyNamed,
  rightsFor,
  streamOf,
  textOfStream,
  tokenFor,
} from '../test/depot-kit.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import type { Depot } from './depot.ts';
import { nameOfWriter } from './entry-writer.ts';
import type { ObjectStore } from './objects.ts';

/** What a depot does over every `ObjectStore`. */
export function conformDepot(
  name: string,
  makeObjects: () => ObjectStore | Promise<ObjectStore>,
): void {
  const make = async (): Promise<Depot> =>
    depotOver(await makeObjects(), { clock: new SetClock(), unsigned: true });

  test(`${name}: an entry is given back with key, id and scope`, async () => {
    const depot = await make();
    const store = depot.as(rightsFor('pr/7'));
    const entries = [
      entryOf('a', '<1>'),
      entryOf('a', '<2>', { id: 'other' }),
      entryOf('b', '<3>'),
    ];
    expect(await store.put(entries)).toEqual(['stored', 'stored', 'stored']);
    const found = await foundBy(store, 'a', 'missing', 'b', 'a');
    for (const { key, id, bytes } of entries) {
      const [one] = found.filter((it) => it.key === key && it.id === id);
      expect(Buffer.from(one?.bytes ?? []).equals(bytes)).toBe(true);
    }
    expect(found).toHaveLength(3);
    expect(new Set(found.map((it) => it.scope))).toEqual(new Set(['pr/7']));
  });

  test(`${name}: a scope is read with trusted behind it; trusted reads trusted only`, async () => {
    const depot = await make();
    for (const scope of ['trusted', 'pr/1', 'pr/2', 'dev/ann']) {
      await depot.as(rightsFor(scope)).put([entryOf('a', `<${scope}>`)]);
    }
    const seen = (scope: string) => contentsOf(depot.as(rightsFor(scope)), 'a');
    expect(await seen('trusted')).toEqual(['trusted: <trusted>']);
    expect(await seen('pr/1')).toEqual(['pr/1: <pr/1>', 'trusted: <trusted>']);
    expect(await seen('dev/ann')).toEqual(['dev/ann: <dev/ann>', 'trusted: <trusted>']);
    expect(await seen('dev/bob')).toEqual(['trusted: <trusted>']);
  });

  test(`${name}: an entry never changes within its scope`, async () => {
    const depot = await make();
    const store = depot.as(rightsFor('trusted'));
    const put = async (text: string) => store.put([entryOf('a', text)]);
    expect(await put('<one>')).toEqual(['stored']);
    expect(await put('<one>')).toEqual(['same']);
    expect(await put('<two>')).toEqual(['conflict']);
    expect(await contentsOf(store, 'a')).toEqual(['trusted: <one>']);
    const together = await store.put([entryOf('b', '<one>'), entryOf('b', '<two>')]);
    expect(together.toSorted()).toEqual(['conflict', 'stored']);
  });

  test(`${name}: of a key with very many entries eight are given`, async () => {
    const depot = await make();
    const store = depot.as(rightsFor('trusted'));
    const many = Array.from({ length: 12 }, (_, index) =>
      entryOf('a', `<${index}>`, { id: String(index) }),
    );
    await store.put(many);
    expect(await foundBy(store, 'a')).toHaveLength(8);
  });

  test(`${name}: a blob is stored once, verified, and seen where it may be`, async () => {
    using folder = temporaryFolder();
    const depot = await make();
    const path = join(folder.path, 'file');
    writeFileSync(path, 'content');
    const digest = digestOf('blob', 'content');
    const pr = depot.as(rightsFor('pr/1'));
    const trusted = depot.as(rightsFor('trusted'));
    expect(await pr.getBlob(digest)).toBeUndefined();
    expect(await pr.putBlob(digest, path)).toBe('stored');
    expect(await pr.putBlob(digest, path)).toBe('same');
    expect(await textOfStream(await pr.getBlob(digest))).toBe('content');
    expect(await trusted.getBlob(digest)).toBeUndefined();
    expect(await trusted.hasBlobs([digest])).toEqual(new Set());
    expect(await trusted.receiveBlob(digest, streamOf('content'))).toBe('stored');
    const absent = digestOf('blob', 'absent');
    const other = depot.as(rightsFor('dev/ann'));
    expect(await other.hasBlobs([digest, absent, digest])).toEqual(new Set([digest]));
    expect(await textOfStream(await other.getBlob(digest))).toBe('content');
  });

  test(`${name}: D5 a blob of other bytes is refused, and leaves nothing`, async () => {
    using folder = temporaryFolder();
    const depot = await make();
    const store = depot.as(rightsFor('trusted'));
    const digest = digestOf('blob', 'content');
    for (const wrong of ['Content', 'conten', 'contents']) {
      const path = join(folder.path, 'file');
      writeFileSync(path, wrong);
      await expect(store.putBlob(digest, path)).rejects.toMatchObject({ trouble: 'garbage' });
      const received = store.receiveBlob(digest, streamOf(wrong));
      await expect(received).rejects.toMatchObject({ name: 'SharedStoreError' });
      expect(await store.hasBlobs([digest])).toEqual(new Set());
    }
    expect(await store.receiveBlob(digest, streamOf('content'))).toBe('stored');
  });

  test(`${name}: an artifact of Nx is given whole, and never replaced`, async () => {
    const depot = await make();
    const nx = depot.nx(rightsFor('pr/1'));
    const put = (hash: string, text: string) =>
      nx.put(hash, { stream: streamOf(text), size: text.length });
    for (const [hash, text] of [
      ['119321557134628363', 'artifact'],
      ['Ab_-', 'mixed case'],
      ['ab_-', 'lower case'],
      ['empty', ''],
      ['con', 'reserved elsewhere'],
    ] as const) {
      expect(await nx.find(hash)).toBeUndefined();
      expect(await put(hash, text)).toBe('stored');
      const found = await nx.find(hash);
      expect(found).toMatchObject({ size: text.length, scope: 'pr/1', token: 'someone' });
      expect(await textOfStream(await found?.open())).toBe(text);
      expect(await put(hash, text)).toBe('conflict');
      expect(await put(hash, 'other')).toBe('conflict');
    }
    expect(await depot.nx(rightsFor('trusted')).find('empty')).toBeUndefined();
    expect(await depot.nx(rightsFor('dev/ann')).find('empty')).toBeUndefined();
  });

  test(`${name}: a large artifact of Nx passes through as a stream`, async () => {
    const depot = await make();
    const nx = depot.nx(rightsFor('trusted'));
    const content = Buffer.alloc(20_000_000, 'some content ');
    const pieces = function* () {
      for (let at = 0; at < content.length; at += 70_000) yield content.subarray(at, at + 70_000);
    };
    const size = content.length;
    const put = () => nx.put('large', { stream: Readable.from(pieces()), size });
    expect(await put()).toBe('stored');
    expect(await put()).toBe('conflict');
    const found = await Promise.all([nx.find('large'), nx.find('large')]);
    for (const one of found) {
      const body = Buffer.concat((await (await one?.open())?.toArray()) ?? []);
      expect(body.equals(content)).toBe(true);
    }
  });

  test(`${name}: an upload that breaks off is nothing, and its body is not destroyed`, async () => {
    const depot = await make();
    const nx = depot.nx(rightsFor('trusted'));
    const body = new Readable({ read() {} });
    body.push('half');
    const put = nx.put('n', { stream: body, size: 8 });
    setImmediate(() => body.destroy(new Error('the line went dead')));
    await expect(put).rejects.toMatchObject({ trouble: 'refused' });
    expect(await nx.find('n')).toBeUndefined();
    const long = streamOf('longer than it said');
    await expect(nx.put('n', { stream: long, size: 3 })).rejects.toMatchObject({
      trouble: 'refused',
    });
    expect(await nx.find('n')).toBeUndefined();
    expect(await nx.put('n', { stream: streamOf('n'), size: 1 })).toBe('stored');
  });

  test(`${name}: who may only read writes nothing, who may only write reads nothing`, async () => {
    const depot = await make();
    const reader = rightsFor('trusted', 'read');
    const writer = rightsFor('trusted', 'write');
    const digest = digestOf('blob', 'b');
    const body = { stream: streamOf('b'), size: 1 };
    expect(await depot.as(reader).put([entryOf('a', '<a>')])).toEqual(['refused']);
    expect(await depot.as(reader).receiveBlob(digest, streamOf('b'))).toBe('refused');
    expect(await depot.nx(reader).put('n', body)).toBe('refused');
    const registered = depot.as(reader).register(publicKeyNamed('w'));
    await expect(registered).rejects.toMatchObject({ trouble: 'forbidden' });
    expect(await depot.as(writer).put([entryOf('a', '<a>')])).toEqual(['stored']);
    expect(await depot.as(writer).receiveBlob(digest, streamOf('b'))).toBe('stored');
    expect(await depot.nx(writer).put('n', body)).toBe('stored');
    const forbidden = { trouble: 'forbidden' };
    const finding = depot.as(writer).find([keyNamed('a')]);
    await expect(Array.fromAsync(finding)).rejects.toMatchObject(forbidden);
    await expect(depot.as(writer).getBlob(digest)).rejects.toMatchObject(forbidden);
    await expect(depot.nx(writer).find('n')).rejects.toMatchObject(forbidden);
    expect(await depot.as(writer).hasBlobs([digest])).toEqual(new Set([digest]));
  });

  test(`${name}: an entry counts only with a key registered under the very token`, async () => {
    const objects = await makeObjects();
    const depot = depotOver(objects, { clock: new SetClock() });
    const one = await tokenFor(depot, 'trusted');
    const other = await tokenFor(depot, 'trusted');
    const writer = publicKeyNamed('one');
    const store = depot.as(one.rights);
    const put = (entry = entryOf('a', '<a>', { writer })) => store.put([entry]);
    expect(await put()).toEqual(['refused']);
    await depot.as(other.rights).register(writer);
    expect(await put()).toEqual(['refused']);
    await store.register(writer);
    await store.register(writer);
    expect(await put()).toEqual(['stored']);
    expect(await put(entryOf('b', '<unsigned>'))).toEqual(['refused']);
    expect(await put({ ...entryOf('b', ''), bytes: Buffer.from('no entry') })).toEqual(['refused']);
    const registered = (await store.greet()).writers;
    expect(registered.map((it) => it.token).toSorted()).toEqual([one.id, other.id].toSorted());
    expect(registered[0]?.publicKey).toEqual(new Uint8Array(writer));
    await expect(store.register(new Uint8Array(31))).rejects.toMatchObject({ trouble: 'refused' });
  });

  test(`${name}: CVE-2025-36852: what a pull request forges first, main never reads`, async () => {
    const depot = await make();
    const pull = await tokenFor(depot, 'pr/13');
    const main = await tokenFor(depot, 'trusted');
    const forged = { stream: streamOf('forged'), size: 6 };
    expect(await depot.nx(pull.rights).put('1234', forged)).toBe('stored');
    expect(await depot.as(pull.rights).put([entryOf('build', '<forged>')])).toEqual(['stored']);
    expect(await depot.nx(main.rights).find('1234')).toBeUndefined();
    expect(await contentsOf(depot.as(main.rights), 'build')).toEqual([]);
    const built = { stream: streamOf('built'), size: 5 };
    expect(await depot.nx(main.rights).put('1234', built)).toBe('stored');
    expect(await depot.as(main.rights).put([entryOf('build', '<built>')])).toEqual(['stored']);
    for (const scope of ['trusted', 'pr/14', 'dev/ann']) {
      const found = await depot.nx(rightsFor(scope)).find('1234');
      expect(await textOfStream(await found?.open())).toBe('built');
      const seen = await contentsOf(depot.as(rightsFor(scope)), 'build');
      expect(seen).toEqual(['trusted: <built>']);
    }
  });

  test(`${name}: a revoked key's entries are gone for all, and stay away`, async () => {
    const depot = depotOver(await makeObjects(), { clock: new SetClock() });
    const { rights } = await tokenFor(depot, 'trusted');
    const store = depot.as(rights);
    const [bad, good] = [publicKeyNamed('bad'), publicKeyNamed('good')];
    for (const key of [bad, good]) await store.register(key);
    await store.put([entryOf('a', '<bad>', { writer: bad })]);
    await store.put([entryOf('b', '<good>', { writer: good })]);
    const [item] = await itemsOf(depot, { name: keyNamed('a') });
    const writer = (item?.kind === 'trace' ? item.by.writer : undefined) ?? '';
    const revoked = await depot.revokeWriter(writer);
    expect(revoked).toMatchObject({
      ok: true,
      value: { writers: [writer], removed: { count: 1 } },
    });
    expect(await contentsOf(store, 'a', 'b')).toEqual(['trusted: <good>']);
    const greeting = await store.greet();
    expect(greeting.revoked).toEqual([writer]);
    expect(greeting.writers.map((it) => it.publicKey)).toEqual([new Uint8Array(good)]);
    expect(await store.put([entryOf('c', '<bad>', { writer: bad })])).toEqual(['refused']);
    await expect(store.register(bad)).rejects.toMatchObject({ trouble: 'forbidden' });
    expect(await store.put([entryOf('a', '<good>', { writer: good })])).toEqual(['stored']);
    expect(await itemsOf(depot, { writer })).toEqual([]);
  });

  test(`${name}: with a token go all its keys, its artifacts of Nx, and itself`, async () => {
    const depot = depotOver(await makeObjects(), { clock: new SetClock() });
    const bad = await tokenFor(depot, 'trusted');
    const good = await tokenFor(depot, 'trusted');
    for (const { rights, id } of [bad, good]) {
      const writer = publicKeyNamed(id);
      await depot.as(rights).register(writer);
      await depot.as(rights).put([entryOf(id, `<${id}>`, { writer })]);
      await depot.nx(rights).put(id, { stream: streamOf(id), size: id.length });
    }
    const revoked = await depot.revokeWriter(bad.id);
    expect(revoked).toMatchObject({ ok: true, value: { removed: { count: 2 } } });
    expect(await depot.tokens.authenticate(bad.text)).toBeUndefined();
    const store = depot.as(good.rights);
    expect(await contentsOf(store, bad.id, good.id)).toEqual([`trusted: <${good.id}>`]);
    expect(await depot.nx(good.rights).find(bad.id)).toBeUndefined();
    expect(await depot.nx(good.rights).find(good.id)).toBeDefined();
    const nobody = await depot.revokeWriter('nobody');
    expect(nobody).toMatchObject({ ok: false, failure: { code: 'writer-not-found' } });
  });

  test(`${name}: who registers a key of somebody else cannot have it revoked`, async () => {
    const depot = depotOver(await makeObjects(), { clock: new SetClock() });
    const main = await tokenFor(depot, 'trusted');
    const pull = await tokenFor(depot, 'pr/13');
    const writer = publicKeyNamed('main');
    for (const { rights } of [main, pull]) await depot.as(rights).register(writer);
    const put = (key: string, { rights } = main) =>
      depot.as(rights).put([entryOf(key, `<${key}>`, { writer })]);
    expect(await put('a')).toEqual(['stored']);
    const revoked = await depot.revokeWriter(pull.id);
    expect(revoked).toMatchObject({ ok: true, value: { removed: { count: 0 } } });
    const store = depot.as(main.rights);
    expect(await contentsOf(store, 'a')).toEqual(['trusted: <a>']);
    expect(await put('b')).toEqual(['stored']);
    expect(await store.greet()).toMatchObject({ writers: [{ token: main.id }], revoked: [] });
    // Where it was registered, it is revoked under every token.
    const again = await tokenFor(depot, 'pr/13');
    const there = depot.as(again.rights);
    await expect(there.register(writer)).rejects.toMatchObject({ trouble: 'forbidden' });
    expect(await put('c', again)).toEqual(['refused']);
    expect((await there.greet()).revoked).toHaveLength(1);
  });

  test(`${name}: a key is revoked by its name though its registration is forgotten`, async () => {
    const clock = new SetClock();
    const depot = depotOver(await makeObjects(), { clock });
    const { rights } = await tokenFor(depot, 'trusted');
    const store = depot.as(rights);
    const writer = publicKeyNamed('bad');
    const name = nameOfWriter(writer);
    await store.register(writer);
    clock.at += 60_000;
    await depot.gc({ olderThanMs: 0 });
    const revoked = await depot.revokeWriter(name);
    expect(revoked).toMatchObject({ ok: true, value: { writers: [name], tokens: [] } });
    expect((await store.greet()).revoked).toEqual([name]);
  });

  test(`${name}: what lies where nothing of ours belongs is left alone`, async () => {
    const objects = await makeObjects();
    const depot = depotOver(objects, { clock: new SetClock(), unsigned: true });
    const { rights } = await tokenFor(depot, 'trusted');
    await depot.as(rights).put([entryOf('a', '<a>')]);
    await depot.nx(rights).put('1', { stream: streamOf('nx'), size: 2 });
    const held: string[] = [];
    for await (const it of objects.list(['v1/scopes/'])) held.push(it.name);
    const foreign = held.flatMap((it) => [`${it}.old`, `${it}-copy`, it.replace(/\/..\//, '/zz/')]);
    for (const it of [...foreign, 'v1/tokens/notes', 'v1/writers/notes', 'v1/revoked/notes']) {
      await objects.put(it, { kind: 'bytes', bytes: Buffer.from('foreign') });
    }
    expect(await itemsOf(depot)).toHaveLength(2);
    expect((await depot.stats()).total.count).toBe(2);
    expect(await depot.verify()).toMatchObject({ checked: { count: 2 }, damagedCount: 0 });
    expect(await depot.gc({ maxSizeBytes: 0 })).toMatchObject({ removed: { count: 2 } });
    expect(await depot.tokens.list()).toHaveLength(1);
    for (const it of foreign) expect(await objects.head(it)).toBeDefined();
  });

  test(`${name}: what is held is listed, counted and inspected`, async () => {
    const depot = await make();
    const store = depot.as(rightsFor('pr/1'));
    const digest = digestOf('blob', 'blob');
    await store.put([entryOf('a', '<a>')]);
    await store.receiveBlob(digest, streamOf('blob'));
    await depot.nx(rightsFor('trusted')).put('Hash', { stream: streamOf('nx'), size: 2 });
    const items = await itemsOf(depot);
    expect(items.map((it) => it.kind).toSorted()).toEqual(['blob', 'nx', 'trace']);
    expect(items).toContainEqual(
      expect.objectContaining({
        kind: 'nx',
        hash: 'Hash',
        size: 2,
        by: expect.objectContaining({ token: 'someone' }),
      }),
    );
    const own = await itemsOf(depot, { scopes: [rightsFor('pr/1').scope], kinds: ['blob'] });
    expect(own).toEqual([
      expect.objectContaining({ kind: 'blob', scope: 'pr/1', digest, size: 4 }),
    ]);
    expect(await itemsOf(depot, { name: 'Ha' })).toHaveLength(1);
    expect(await itemsOf(depot, { token: 'nobody' })).toEqual([]);
    const stats = await depot.stats();
    expect(stats.scopes.map((it) => it.scope)).toEqual(['pr/1', 'trusted']);
    expect(stats.scopes[0]?.trace.count).toBe(1);
    expect(stats.total.count).toBe(3);
    for await (const entry of depot.inspect(keyNamed('a'))) {
      expect(entry).toMatchObject({ scope: 'pr/1', revoked: false, by: { token: 'someone' } });
    }
    const verified = await depot.verify();
    expect(verified).toMatchObject({ checked: { count: 3 }, damaged: [], damagedCount: 0 });
  });
}

async function itemsOf(depot: Depot, filter: Parameters<Depot['list']>[0] = {}) {
  const items = [];
  for await (const item of depot.list(filter)) items.push(item);
  return items;
}
