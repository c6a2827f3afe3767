import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  createDigester,
  digestFile,
  digestFileSync,
  digestHex,
  digestOf,
  digestSize,
  isDigest,
  packDigests,
  parseDigest,
  shortDigest,
  unpackDigests,
} from './digest.ts';
import type { DigestDomain } from './digest.ts';

const sha256 = (...parts: (string | Uint8Array)[]): string => {
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return state.digest('hex');
};

test('D5: a blob digest is the plain SHA-256, as sha256sum says it, and the length', () => {
  expect(digestOf('blob', '')).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855-0',
  );
  expect(digestOf('blob', 'abc')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad-3',
  );
});

test('every other domain hashes its name in front', () => {
  for (const domain of ['value', 'inputs', 'key', 'code', 'trace'] satisfies DigestDomain[]) {
    for (const size of [0, 1, 1000, 20_000]) {
      const content = new Uint8Array(size).fill(7);
      expect(digestOf(domain, content)).toBe(`${sha256(`skein.${domain}.v1\0`, content)}-${size}`);
    }
  }
});

test('a string counts as its UTF-8; lone surrogates do not fall together', () => {
  expect(digestOf('code', 'zażółć')).toBe(digestOf('code', Buffer.from('zażółć')));
  expect(digestSize(digestOf('code', 'ż'))).toBe(2);
  const lone = ['\ud800', '\udc00', '\ufffd', '\udc00\ud800'].map((text) => digestOf('code', text));
  expect(new Set(lone).size).toBe(4);
});

test('a digester equals digestOf of the whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array()),
      fc.constantFrom<DigestDomain>('blob', 'log'),
      (chunks, domain) => {
        const digester = createDigester(domain);
        for (const chunk of chunks) digester.update(chunk);
        expect(digester.finish()).toBe(digestOf(domain, Buffer.concat(chunks)));
      },
    ),
  );
});

test('a digest has one text form', () => {
  const digest = digestOf('value', 'x');
  expect(parseDigest(digest)).toBe(digest);
  expect(digestHex(digest)).toHaveLength(64);
  expect(shortDigest(digest)).toBe(digest.slice(0, 12));
  const hex = digestHex(digest);
  const none = [hex, `${hex}-`, `${hex}-01`, `${hex}--1`, `${hex}-1e3`, `${hex.toUpperCase()}-1`];
  none.push(`${hex}-9999999999999999`, ` ${digest}`, `${digest}\n`, hex.slice(1));
  expect(none.filter((text) => parseDigest(text) !== undefined)).toEqual([]);
  expect(isDigest(7)).toBe(false);
});

test('packed digests are 40 bytes each and come back', () => {
  const list = [digestOf('value', 'x'), digestOf('key', new Uint8Array(300))];
  const large = `${digestHex(digestOf('blob', 'y'))}-${Number.MAX_SAFE_INTEGER}`;
  expect(isDigest(large)).toBe(true);
  const all = [...list, ...(isDigest(large) ? [large] : [])];
  expect(packDigests(all)).toHaveLength(120);
  expect(unpackDigests(packDigests(all))).toEqual(all);
  expect(() => unpackDigests(new Uint8Array(41))).toThrow(RangeError);
  expect(() => unpackDigests(new Uint8Array(40).fill(255))).toThrow(RangeError);
});

test('the digest of a file is that of its bytes, whatever its size', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-digest-'));
  try {
    for (const size of [0, 1, 16_384, 16_385, 3_000_000]) {
      const path = join(folder, 'file');
      const content = Buffer.alloc(size, 'skein');
      writeFileSync(path, content);
      expect(digestFileSync(path)).toBe(digestOf('blob', content));
      expect(await digestFile(path)).toBe(digestOf('blob', content));
    }
    expect(() => digestFileSync(join(folder, 'none'))).toThrow(/ENOENT/);
    await expect(digestFile(join(folder, 'none'))).rejects.toThrow(/ENOENT/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
