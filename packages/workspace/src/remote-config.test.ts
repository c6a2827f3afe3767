import { expect, test } from 'vitest';
import { remoteOf, wrongRemote } from './remote-config.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

test('an address alone is enough', () => {
  expect(wrongRemote('https://cache.example')).toEqual([]);
  expect(remoteOf('https://cache.example')).toEqual({ url: 'https://cache.example', trust: [] });
});

test('every field is read', () => {
  const given = {
    url: 's3://bucket/x',
    mode: 'read',
    scope: 'pr/7',
    trust: [KEY, KEY],
    key: 'keys/ci.pem',
    patience: '1m',
    timeout: '5s',
  } as const;
  expect(wrongRemote(given)).toEqual([]);
  expect(remoteOf(given)).toEqual({
    url: 's3://bucket/x',
    mode: 'read',
    scope: 'pr/7',
    trust: [KEY],
    key: 'keys/ci.pem',
    patienceMs: 60_000,
    timeoutMs: 5_000,
  });
});

test.each([
  [7, ['remote', '7, neither an address nor an object with "url"']],
  ['cache', ['remote', '"cache", not "http://…", "https://…" or "s3://bucket/prefix"']],
  [{}, ['remote.url', 'nothing, not an address']],
  [{ url: 'https://a:b@c' }, ['remote.url', /"https:\/\/…@c", not/]],
  [{ mode: 'all' }, ['remote.mode', /"all", none of "read", "write"/]],
  [{ scope: 'everybody' }, ['remote.scope', /none of "trusted"/]],
  [{ trust: 'x' }, ['remote.trust', '"x", not a list of keys']],
  [{ trust: ['abc'] }, ['remote.trust[0]', /not a public key/]],
  [{ patience: 3 }, ['remote.patience', /^3, not a whole number with a unit/]],
  [{ timeout: '0s' }, ['remote.timeout', /"0s", not/]],
  [{ tokens: 'x' }, ['remote.tokens', 'no such field']],
])('what is wrong is named: %j', (given, [name, text]) => {
  const isObject = typeof given === 'object' && !('url' in given);
  const facts = wrongRemote(
    isObject && name !== 'remote.url' ? { url: 'https://c', ...given } : given,
  );
  expect(facts).toHaveLength(1);
  expect(facts[0]?.[0]).toBe(name);
  if (typeof text === 'string') expect(facts[0]?.[1]).toBe(text);
  else expect(facts[0]?.[1]).toMatch(text as RegExp);
});

test('O7: a token or a key in a file that everybody reads is refused, and not told', () => {
  const token = wrongRemote({ url: 'https://c', token: 'skein_1_secret' });
  expect(token[0]?.[1]).toContain('SKEIN_REMOTE_TOKEN');
  const key = wrongRemote({ url: 'https://c', key: '-----BEGIN PRIVATE KEY-----\nsecret' });
  expect(key).toEqual([['remote.key', 'a text, not the path of a file']]);
  expect(JSON.stringify([token, key])).not.toContain('secret');
});
