import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestWorkspace, emptyFolder } from '../test/workspace.ts';
import { findPackageFolder, findWorkspaceRoot } from './root.ts';

test.each([
  ['nx.json', '{}'],
  ['package-lock.json', '{}'],
  ['package.json', '{ "workspaces": [] }'],
])('the workspace root is the nearest folder with %s', (name, text) => {
  const workspace = new TestWorkspace({}, join(emptyFolder(), 'outer'));
  workspace.write({
    'package.json': '{ "workspaces": [] }',
    [`inner/${name}`]: text,
    'inner/packages/a/package.json': '{ "name": "a" }',
    'inner/packages/a/src/main.ts': '',
  });
  const entry = join(workspace.root, 'inner/packages/a/src/main.ts');
  expect(findWorkspaceRoot(entry)).toBe(join(workspace.root, 'inner'));
  expect(findPackageFolder(entry)).toBe(join(workspace.root, 'inner/packages/a'));
});
