import { describe, expect, test } from 'vitest';
import { checkLock, type Lock } from './lock.ts';
import type { Manifest } from './workspace.ts';

const manifest: Manifest = { name: 'a', dependencies: { tool: '1.0.0' } };
const tool: Manifest = { name: 'tool', optionalDependencies: { 'tool-mac': '1.0.0' } };
const mac: Manifest = { name: 'tool-mac' };

function messages(packages: Lock['packages']): readonly string[] {
  const manifests = new Map([['packages/a', manifest]]);
  return checkLock({ lock: { packages }, manifests }).map((finding) => finding.message);
}

describe('the lock file', () => {
  test('is accepted with the binaries of other platforms, wherever Node would find them', () => {
    const beside = { 'node_modules/tool': tool, 'node_modules/tool-mac': mac };
    expect(messages({ 'packages/a': manifest, ...beside })).toEqual([]);
    const inside = {
      'packages/a/node_modules/tool': tool,
      'packages/a/node_modules/tool/node_modules/tool-mac': mac,
    };
    expect(messages({ 'packages/a': manifest, ...inside })).toEqual([]);
    const above = { 'packages/a/node_modules/tool': tool, 'packages/a/node_modules/tool-mac': mac };
    expect(messages({ 'packages/a': manifest, ...above })).toEqual([]);
  });

  test('is refused without the binary of another platform', () => {
    expect(messages({ 'packages/a': manifest, 'node_modules/tool': tool })).toEqual([
      'has no "tool-mac", which "node_modules/tool" may need on another platform',
    ]);
  });

  test('is refused where a package.json has moved on', () => {
    expect(messages({ 'packages/a': { name: 'a' } })).toEqual([
      'does not have the dependencies of "packages/a/package.json"',
    ]);
  });
});
