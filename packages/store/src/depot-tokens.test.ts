import { expect, test } from 'vitest';
import { SetClock, depotOver, tokenFor } from '../test/depot-kit.ts';
import { MemoryObjects } from './memory-objects.ts';
import type { ObjectStore } from './objects.ts';

const clock = new SetClock();

/** A store that is far away, as a bucket is. */
function far(objects: ObjectStore): { objects: ObjectStore; asked: () => number } {
  let asked = 0;
  const proxy = new Proxy(objects, {
    get(target, name) {
      if (name === 'near') return false;
      if (name === 'head') asked += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { objects: proxy, asked: () => asked };
}

test('a token gives its rights: the scope it writes, and the scopes it reads', async () => {
  const depot = depotOver(new MemoryObjects(clock), { clock });
  for (const [scope, reads] of [
    ['trusted', ['trusted']],
    ['pr/12', ['pr/12', 'trusted']],
    ['dev/ann-2', ['dev/ann-2', 'trusted']],
  ] as const) {
    const { id, rights } = await tokenFor(depot, scope, 'read');
    expect(rights).toEqual({ scope, mode: 'read', reads, token: id });
  }
});

test('the secret is in no stored byte', async () => {
  const objects = new MemoryObjects(clock);
  const depot = depotOver(objects, { clock });
  const { text } = await tokenFor(depot, 'trusted');
  const secret = text.split('_')[2] ?? '';
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  for await (const { name } of objects.list(['v1/'])) {
    const found = await objects.read(name, { most: 10_000 });
    expect(name + Buffer.from(found?.bytes ?? []).toString()).not.toContain(secret);
  }
  expect(JSON.stringify(await depot.tokens.list())).not.toContain(secret);
});

test('a token is not called as another one, or as a key, is named', async () => {
  const depot = depotOver(new MemoryObjects(clock), { clock });
  const { id } = await tokenFor(depot, 'pr/7');
  for (const name of [id, 'f'.repeat(64)]) {
    const made = await depot.tokens.create({ scope: 'trusted', mode: 'read', name });
    expect(made).toMatchObject({ ok: false, failure: { code: 'token-invalid' } });
  }
});

test('a text that is not quite a token is none', async () => {
  const depot = depotOver(new MemoryObjects(clock), { clock });
  const { text, id } = await tokenFor(depot, 'trusted');
  const other = await tokenFor(depot, 'trusted');
  const wrong = [
    '',
    id,
    text.slice(1),
    `${text}0`,
    text.slice(0, -1),
    text.toUpperCase(),
    ` ${text}`,
    `${text}\n`,
    text.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    text.replace(id, other.id),
    text.replace(id, '../../../etc'),
  ];
  for (const one of wrong) expect(await depot.tokens.authenticate(one)).toBeUndefined();
  expect(await depot.tokens.authenticate(text)).toBeDefined();
});

test.for([
  [{ scope: 'Trusted' }, 'scope'],
  [{ scope: 'pr/0' }, 'scope'],
  [{ scope: 'pr/../trusted' }, 'scope'],
  [{ scope: 'dev/Ann' }, 'scope'],
  [{ scope: 'dev/a/b' }, 'scope'],
  [{ scope: 'dev/' }, 'scope'],
  [{ mode: 'readwrite' }, 'mode'],
  [{ name: '' }, 'name'],
  [{ name: 'a b' }, 'name'],
  [{ name: 'taken' }, 'name'],
] as const)('a token with %j is refused, and told why', async ([part, what]) => {
  const depot = depotOver(new MemoryObjects(clock), { clock });
  const plain = { scope: 'trusted', mode: 'read', name: 'taken' };
  await depot.tokens.create(plain);
  const created = await depot.tokens.create({ ...plain, name: 'free', ...part });
  expect(created).toMatchObject({
    ok: false,
    failure: { code: 'token-invalid', facts: [[what, expect.any(String)]] },
  });
  expect(await depot.tokens.list()).toHaveLength(1);
});

test('a revoked token is listed and means nothing; its name is free again', async () => {
  const depot = depotOver(new MemoryObjects(clock), { clock });
  const create = () => depot.tokens.create({ scope: 'trusted', mode: 'read', name: 'ci' });
  const first = await create();
  const text = first.ok ? first.value.text : '';
  expect(await depot.tokens.authenticate(text)).toBeDefined();
  expect(await depot.tokens.revoke('ci')).toMatchObject({ ok: true });
  expect(await depot.tokens.revoke('ci')).toMatchObject({ ok: true });
  expect(await depot.tokens.authenticate(text)).toBeUndefined();
  const second = await create();
  expect(second.ok).toBe(true);
  const listed = await depot.tokens.list();
  expect(listed).toHaveLength(2);
  expect(listed.filter((it) => it.revokedAt === undefined)).toHaveLength(1);
  const unknown = await depot.tokens.revoke('nobody');
  expect(unknown).toMatchObject({ ok: false, failure: { code: 'token-not-found' } });
});

test('near by, another process sees a revocation at once', async () => {
  const objects = new MemoryObjects(clock);
  const [one, other] = [depotOver(objects, { clock }), depotOver(objects, { clock })];
  const { text, id } = await tokenFor(one, 'trusted');
  expect(await other.tokens.authenticate(text)).toBeDefined();
  await one.tokens.revoke(id);
  expect(await other.tokens.authenticate(text)).toBeUndefined();
});

test('far away a token is looked at now and then: a revocation is seen within 5 s', async () => {
  const set = new SetClock(1_000);
  const objects = new MemoryObjects(set);
  const away = far(objects);
  const one = depotOver(objects, { clock: set });
  const other = depotOver(away.objects, { clock: set });
  const { text, id } = await tokenFor(one, 'trusted');
  for (let count = 0; count < 10; count += 1) await other.tokens.authenticate(text);
  expect(away.asked()).toBe(1);
  await one.tokens.revoke(id);
  set.at += 4_999;
  expect(await other.tokens.authenticate(text)).toBeUndefined();
});

test('a token whose object is torn or another one is no token', async () => {
  const objects = new MemoryObjects(clock);
  const depot = depotOver(objects, { clock });
  const [one, other] = [await tokenFor(depot, 'pr/1'), await tokenFor(depot, 'trusted')];
  const bytes = (await objects.read(`v1/tokens/${other.id}`, { most: 5_000 }))?.bytes;
  objects.damage(`v1/tokens/${one.id}`, bytes ?? Buffer.from(''));
  const forged = one.text.replace(/_[0-9a-f]{64}$/, `_${other.text.split('_')[2] ?? ''}`);
  expect(await depot.tokens.authenticate(forged)).toBeUndefined();
  objects.damage(`v1/tokens/${one.id}`, Buffer.from('{"format":1,'));
  expect(await depot.tokens.authenticate(one.text)).toBeUndefined();
});
