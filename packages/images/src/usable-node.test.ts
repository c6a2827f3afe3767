import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { usableNode } from './usable-node.ts';

test.each([
  ['24.21.0', '24.21.0'],
  ['v26.1.0', '26.1.0'],
  ['100.0.0', '100.0.0'],
  ['24.20.9', undefined],
  ['22.30.0', undefined],
  ['26.0.0-rc.1', undefined],
  ['26', undefined],
  ['', undefined],
  [undefined, undefined],
])('NODE_VERSION %s counts as %s', (version, expected) => {
  expect(usableNode(version)).toBe(expected);
});

test('the oldest one is that of the published package', () => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../skein/package.json', import.meta.url), 'utf8'),
  );
  expect(manifest).toMatchObject({ engines: { node: '>=24.21' } });
});
