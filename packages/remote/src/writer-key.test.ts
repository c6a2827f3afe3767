import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Failure } from '@skein/model';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { openWriterKey, writerKeyOf } from './writer-key.ts';

const randomness = { hex: (length: number) => randomBytes(length).toString('hex') };

async function open(folder: string): Promise<{ name: string; warnings: Failure[] }> {
  const warnings: Failure[] = [];
  const { name } = await openWriterKey(folder, { randomness, warn: (one) => warnings.push(one) });
  return { name, warnings };
}

test('a key is made on first use, for its owner alone, and is the same ever after', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'config', 'skein');
  const first = await open(path);
  expect(await open(path)).toEqual({ name: first.name, warnings: [] });
  expect(statSync(join(path, 'writer.pem')).mode & 0o777).toBe(0o600);
  expect(readdirSync(path)).toEqual(['writer.pem']);
  expect(writerKeyOf(readFileSync(join(path, 'writer.pem'), 'utf8'))?.name).toBe(first.name);
});

test('however many make it at once, all take the same', async () => {
  using folder = temporaryFolder();
  const all = await Promise.all(Array.from({ length: 20 }, () => open(join(folder.path, 'a'))));
  expect(new Set(all.map(({ name }) => name)).size).toBe(1);
  expect(readdirSync(join(folder.path, 'a'))).toEqual(['writer.pem']);
});

test('where no key can be kept there is one for this run, and a warning', async () => {
  using folder = temporaryFolder();
  const blocked = join(folder.path, 'file');
  writeFileSync(blocked, '');
  const [one, other] = [await open(blocked), await open(join(blocked, 'below'))];
  expect(one.name).not.toBe(other.name);
  for (const { warnings } of [one, other]) {
    expect(warnings.map(({ code }) => code)).toEqual(['remote-not-signed']);
  }
});

test('a file that holds no key stays as it is, and is named', async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.path, { recursive: true });
  const path = join(folder.path, 'writer.pem');
  writeFileSync(path, 'no key');
  chmodSync(path, 0o600);
  const { warnings } = await open(folder.path);
  expect(warnings[0]?.facts[0]?.[1]).toContain(path);
  expect(readFileSync(path, 'utf8')).toBe('no key');
});

test('only an Ed25519 private key is a writer’s key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const other = generateKeyPairSync('x25519').privateKey;
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  expect(writerKeyOf(pem)?.publicKey.length).toBe(32);
  expect(writerKeyOf(other.export({ type: 'pkcs8', format: 'pem' }))).toBeUndefined();
  expect(writerKeyOf(publicKey.export({ type: 'spki', format: 'pem' }))).toBeUndefined();
  expect(writerKeyOf('')).toBeUndefined();
});
