import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReference, printReference } from './reference.ts';

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
/** A host whose last part is a number would be an address. */
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const component = fc
  .tuple(word, fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), word)))
  .map(([first, rest]) => first + rest.flat().join(''));
const registry = fc.oneof(
  fc.tuple(word, label).map((it) => it.join('.')),
  fc.tuple(label, fc.nat(65_535)).map((it) => it.join(':')),
  fc.constantFrom('localhost', '[::1]:5000', '[fe80::1]', 'ghcr.io', 'docker.io'),
);
const reference = fc
  .record(
    {
      registry,
      repository: fc.array(component, { minLength: 2, maxLength: 4 }).map((it) => it.join('/')),
      tag: fc.stringMatching(/^\w[\w.-]{0,20}$/),
      digest: hex.map((it) => `sha256:${it}`),
    },
    { requiredKeys: ['registry', 'repository'] },
  )
  .filter(({ tag, digest }) => tag !== undefined || digest !== undefined);

test('whatever is printed reads back as the same', () => {
  fc.assert(
    fc.property(reference, (it) => {
      expect(parseReference(printReference(it))).toEqual(it);
    }),
  );
});

test('whatever is read, printed and read again is the same, and nothing throws', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('a', 'B', '/', ':', '@', '.', '_', '-', '0', 'sha256:'))
      .map((it) => it.join('')),
  );
  fc.assert(
    fc.property(text, (it) => {
      const read = parseReference(it);
      if (read !== undefined) expect(parseReference(printReference(read))).toEqual(read);
    }),
  );
});
