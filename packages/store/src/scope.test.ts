import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blobName, nxName, parseName, traceName } from './depot-names.ts';
import { digestOf } from '@skein/values';
import { idNamed, keyNamed, rightsFor } from '../test/depot-kit.ts';
import { mustObjectName } from './objects.ts';
import { parseScope, readsOf, scopeOfSegment, scopeSegment } from './scope.ts';

test.for(['trusted', 'pr/1', 'pr/4294967296', 'dev/a', 'dev/ann.b_c-2', `dev/${'a'.repeat(64)}`])(
  '%s is a scope, and its segment is no other one’s',
  (text) => {
    const scope = parseScope(text);
    expect(scope).toBe(text);
    if (scope === undefined) return;
    expect(scopeOfSegment(scopeSegment(scope))).toBe(scope);
    expect(readsOf(scope)).toEqual(text === 'trusted' ? [text] : [text, 'trusted']);
  },
);

test.for([
  '',
  'Trusted',
  'trusted/',
  'pr',
  'pr/',
  'pr/0',
  'pr/01',
  'pr/x',
  'pr/1/2',
  'pr-1',
  'dev/',
  'dev/A',
  'dev/.a',
  'dev/a.',
  'dev/..',
  'dev/a/b',
  'dev/a\0',
  'dev/a\n',
  ' trusted',
  `dev/${'a'.repeat(65)}`,
])('%j is no scope', (text) => {
  expect(parseScope(text)).toBeUndefined();
});

test('a name says what it was made of, and different things have different names', () => {
  const { scope } = rightsFor('dev/ann-b');
  const hash = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
  fc.assert(
    fc.property(hash, hash, (one, other) => {
      const name = nxName(scope, one);
      expect(mustObjectName(name)).toBe(name);
      expect(parseName(name)).toEqual({ kind: 'nx', scope, hash: one });
      expect(name === nxName(scope, other)).toBe(one === other);
    }),
  );
  const key = keyNamed('k');
  const id = idNamed('i');
  const digest = digestOf('blob', 'b');
  expect(parseName(traceName(scope, key, id))).toEqual({ kind: 'trace', scope, key, id });
  expect(parseName(blobName(scope, digest))).toEqual({ kind: 'blob', scope, digest });
});
