import { mkdirSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changedIn, namesOf, openWorkspace } from '../test/observed.ts';
import type { Workspace } from '../test/observed.ts';

let workspace: Workspace;
beforeEach(() => {
  workspace = openWorkspace();
  mkdirSync(workspace.path('a/b'), { recursive: true });
  writeFileSync(workspace.path('package.json'), '{}');
  writeFileSync(workspace.path('a/b/c.js'), '');
});
afterEach(() => workspace.close());

test('O1: a manifest that is looked for is one that may appear nearer', async () => {
  const { href } = pathToFileURL(workspace.path('a/b/c.js'));
  const seen = await workspace.watch(() => {
    expect(module.findPackageJSON(href)).toBe(workspace.path('package.json'));
  });
  expect(namesOf(seen)).toEqual([
    'exists a/b/package.json',
    'exists a/package.json',
    'exists package.json',
  ]);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  writeFileSync(workspace.path('a/package.json'), '{}');
  expect(await changedIn(workspace.world(), seen)).toEqual(['exists a/package.json']);
});

test('O1: the folder to look from may be told apart from what is looked for', async () => {
  const { href } = pathToFileURL(workspace.path('a/b/c.js'));
  const seen = await workspace.watch(() => module.findPackageJSON('..', href));
  expect(namesOf(seen)).toEqual(['exists a/package.json', 'exists package.json']);
});
