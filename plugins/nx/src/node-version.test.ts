import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuseOldNode } from './node-version.ts';

test.each(['24.21.0', '24.22.1', '26.10.0', '30.0.0'])('Node %s will do', (version) => {
  expect(refuseOldNode(version, '/usr/bin/node')).toBeUndefined();
});

test.each(['20.20.2', '22.30.0', '24.20.9'])('Node %s is too old', (version) => {
  expect(refuseOldNode(version, '/usr/bin/node')).toContain(
    `found   "${version}", "/usr/bin/node"`,
  );
});

test('engines says the same', () => {
  const file = join(import.meta.dirname, '..', 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { engines: { node: string } };
  expect(manifest.engines.node).toBe('>=24.21');
});
