import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeFolder } from './remove-folder.ts';

test('D7: a folder goes also where all rights were taken from what is in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-remove-'));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  writeFileSync(join(folder, 'a/b/file'), '');
  symlinkSync('/etc', join(folder, 'a/link'));
  chmodSync(join(folder, 'a/b'), 0o555);
  chmodSync(join(folder, 'a'), 0);
  if (process.getuid?.() === 0) {
    // Root may do everything: somebody else has to try.
    spawnSync('chown', ['-R', '--no-dereference', '65534:65534', folder]);
    chmodSync(tmpdir(), 0o1777);
    const url = new URL('remove-folder.ts', import.meta.url).href;
    const [from, it] = [JSON.stringify(url), JSON.stringify(folder)];
    const code = `import(${from}).then(({ removeFolder }) => removeFolder(${it}))`;
    const ended = spawnSync(process.execPath, ['-e', code], { uid: 65_534, gid: 65_534 });
    expect([ended.status, ended.stderr.toString()]).toEqual([0, '']);
  } else await removeFolder(folder);
  expect(existsSync(folder)).toBe(false);
});

test('D7: what cannot be removed stays, and nothing fails of it', async () => {
  await removeFolder('/proc/self/fd');
  expect(existsSync('/proc/self/fd')).toBe(true);
});
