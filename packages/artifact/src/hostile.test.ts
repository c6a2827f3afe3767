import { copyFileSync, readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOSTILE, WANTED } from '../test/hostile-archives.ts';
import { TestFolder, reasonOf } from '../test/folder.ts';
import { unpackArtifact } from './unpack.ts';
import type { UnpackRequest } from './unpack.ts';

const fixtures = new URL('../test/fixtures/', import.meta.url).pathname;
const archives = readdirSync(fixtures).sort();

/** What these show would be large on disk: a smaller limit does. */
const limits: Readonly<Record<string, UnpackRequest['limits']>> = {
  'bomb-count.three-entries.tar.zst': { entries: 2 },
};

test.each(archives)('D4: %s is refused with the code it is named for', async (name) => {
  using folder = new TestFolder();
  const archive = folder.at('archive');
  copyFileSync(fixtures + name, archive);
  const into = folder.at('staging/deep');
  const [reason] = name.split('.');
  const files = reason === 'missing' ? [WANTED] : 'all';
  const unpacked = await unpackArtifact(archive, { files, into, limits: limits[name] ?? {} });
  expect(reasonOf(unpacked)).toBe(reason);
  expect(readdirSync(into)).toEqual([]);
  expect(readdirSync(folder.path).sort()).toEqual(['archive', 'staging']);
  const shown = unpacked.ok ? [] : unpacked.failure.facts.map(([, value]) => value);
  // What an archive calls its entries is shown on terminals.
  expect(shown.join(' ')).toMatch(/^[\x20-\x7e]*$/);
});

test('the archives on disk are those that `test/make-fixtures.ts` makes', () => {
  const made = Object.entries(HOSTILE).flatMap(([reason, those]) =>
    Object.entries(those).map(([what, { isPlain }]) => `${reason}.${what}${ending(isPlain)}`),
  );
  expect(archives).toEqual(made.sort());
});

test('D4: every reason to refuse has its archive, and its line in the documentation', () => {
  const documented = readFileSync(
    new URL('../../../docs/formats/artifact.md', import.meta.url),
    'utf8',
  );
  for (const [reason, those] of Object.entries(HOSTILE)) {
    expect([reason, Object.keys(those).length > 0]).toEqual([reason, true]);
    expect(documented).toContain(`| \`${reason}\` |`);
  }
});

function ending(isPlain = false): string {
  return isPlain ? '.tar' : '.tar.zst';
}
