import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRequire } from 'node:module';
import { openWorkspace } from '../test/observed.ts';
import type { Workspace } from '../test/observed.ts';
import { packagesSeen } from './packages-seen.ts';

let workspace: Workspace;
beforeEach(() => {
  workspace = openWorkspace();
});
afterEach(() => workspace.close());

const at = (...parts: string[]): string => join(workspace.scratch, ...parts);

/** What an action is told of, after another one wrote `shared/file` and made the folder. */
async function afterAnother(action: () => unknown): Promise<readonly string[]> {
  const maker = await workspace.watch(() => {
    fs.mkdirSync(at('shared'));
    fs.writeFileSync(at('shared', 'file'), 'x');
  });
  expect(maker).toMatchObject({ wrote: [], untraceable: [], observations: [] });
  const { untraceable, wrote, observations } = await workspace.watch(action);
  expect([wrote, observations]).toEqual([[], []]);
  return untraceable;
}

const READS: Readonly<Record<string, () => unknown>> = {
  readFileSync: () => fs.readFileSync(at('shared/file')),
  readFile: () => fsPromises.readFile(at('shared/file')),
  openSync: () => fs.closeSync(fs.openSync(at('shared/file'), 'r')),
  existsSync: () => fs.existsSync(at('shared/file')),
  statSync: () => fs.statSync(at('shared/file')),
  readdirSync: () => fs.readdirSync(workspace.scratch),
  opendirSync: () => fs.opendirSync(at('shared')).closeSync(),
  copyFileSync: () => fs.copyFileSync(at('shared/file'), at('copy')),
  renameSync: () => fs.renameSync(at('shared/file'), at('moved')),
  createReadStream: async () => {
    for await (const chunk of fs.createReadStream(at('shared/file'))) expect(chunk).toBeDefined();
  },
};

test.each(Object.entries(READS))(
  'O5: who reads by %s what another action left in the temporary folder leaves no trace',
  async (by, read) => {
    const [why = ''] = await afterAnother(read);
    expect(why).toMatch(
      new RegExp(`^${by} read "[a-z]+" of the temporary folder, which another action wrote, at `),
    );
  },
);

test('O5: what another program puts into a folder belongs to who made the folder', async () => {
  const why = await afterAnother(() => {
    const own = fs.mkdtempSync(at('own-'));
    fs.symlinkSync('/dev/null', join(own, 'made'));
    fs.readdirSync(own);
    fs.readlinkSync(join(own, 'made'));
  });
  expect(why).toEqual([]);
  const unseen = await afterUnseen();
  expect(unseen).toHaveLength(1);
});

async function afterUnseen(): Promise<readonly string[]> {
  let folder = '';
  await workspace.watch(() => {
    folder = fs.mkdtempSync(at('own-'));
  });
  fs.writeFileSync(join(folder, 'made'), 'x');
  return (await workspace.watch(() => fs.readFileSync(join(folder, 'made')))).untraceable;
}

test('O5: what an action wrote itself, or finds absent, is nobody else’s', async () => {
  const why = await afterAnother(() => {
    fs.mkdirSync(at('shared'), { recursive: true });
    fs.writeFileSync(at('shared/file'), 'y');
    fs.readFileSync(at('shared/file'));
    fs.existsSync(at('shared/none'));
    fs.writeFileSync(at('shared/own'), 'z');
    fs.readFileSync(at('shared/own'));
  });
  expect(why).toEqual([]);
});

test('O5: what others could find by its name is told, and what they could not is not', async () => {
  const seen = await workspace.watch(() => {
    fs.writeFileSync(at('named'), '1');
    fs.writeFileSync(at('named'), '2');
    fs.mkdirSync(at('folder'));
    fs.writeFileSync(at('folder/inner'), '3');
    fs.writeFileSync(join(fs.mkdtempSync(at('by-chance-')), 'inner'), '4');
  });
  expect(seen.left).toEqual([
    'named by writeFileSync, at scratch-owners.test.ts',
    'folder by mkdirSync, at scratch-owners.test.ts',
  ]);
});

test('O3 O5: what packages keep in the temporary folder is a cache of theirs', async () => {
  const file = workspace.path('node_modules/cacher/index.cjs');
  fs.mkdirSync(workspace.path('node_modules/cacher'), { recursive: true });
  fs.writeFileSync(
    file,
    `const fs = require('node:fs');
     exports.write = (path) => fs.writeFileSync(path, 'x');
     exports.read = (path) => fs.readFileSync(path, 'utf8');`,
  );
  const cacher = createRequire(file)(file) as Record<'write' | 'read', (path: string) => unknown>;
  const seen = packagesSeen.any;
  packagesSeen.any = true;
  const written = await workspace.watch(() => cacher.write(at('cache')));
  const read = await workspace.watch(() => cacher.read(at('cache')));
  packagesSeen.any = seen;
  expect([written.left, read.untraceable]).toEqual([[], []]);
});

test('O5: what is gone from the temporary folder is forgotten', async () => {
  const why = await afterAnother(() => {
    fs.rmSync(at('shared'), { recursive: true });
    fs.existsSync(at('shared/file'));
    fs.readdirSync(workspace.scratch);
  });
  expect(why).toEqual([]);
});
