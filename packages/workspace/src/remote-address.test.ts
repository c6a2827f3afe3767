import { expect, test } from 'vitest';
import { describeAddress, parseRemoteAddress } from './remote-address.ts';

test.each([
  ['http://127.0.0.1:7337', { kind: 'http', url: 'http://127.0.0.1:7337', isPlain: false }],
  ['http://localhost:1/', { kind: 'http', url: 'http://localhost:1', isPlain: false }],
  ['http://[::1]:1', { kind: 'http', url: 'http://[::1]:1', isPlain: false }],
  ['http://cache.lan', { kind: 'http', url: 'http://cache.lan', isPlain: true }],
  ['http://127.0.0.1.evil.example', { kind: 'http', isPlain: true }],
  ['https://c.example/skein/', { kind: 'http', url: 'https://c.example/skein', isPlain: false }],
  ['s3://bucket/some/prefix/', { kind: 's3', url: 's3://bucket/some/prefix' }],
])('%s is an address', (text, address) => {
  expect(parseRemoteAddress(text)).toMatchObject(address);
});

test.each([
  '',
  'cache.example.com',
  'ftp://cache',
  'file:///cache',
  's3:bucket',
  's3://Not_A_Bucket/x',
  'https://',
  'https://user:word@cache.example',
  'https://cache.example?token=x',
  'https://cache.example?',
  'https://cache.example#x',
])('"%s" is none', (text) => {
  expect(parseRemoteAddress(text)).toBeUndefined();
});

test.each([
  ['https://me:secret@cache', '"https://…@cache"'],
  ['https://me:sec/r@et@cache', '"https://…@cache"'],
  ['me:secret@cache:7337', '"…@cache:7337"'],
  ['https:/me:secret@cache', '"…@cache"'],
  ['https://cache?token=secret', '"https://cache?…"'],
  ['https://cache#secret', '"https://cache#…"'],
  ['skein_0f1e_secret', '"skein_…"'],
])('O7: a password or token in what is no address is not told: %s', (text, told) => {
  expect(describeAddress(text)).toBe(told);
});
