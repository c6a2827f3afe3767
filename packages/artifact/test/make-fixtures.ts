/* Writes the hostile archives that `src/hostile.test.ts` walks, as `<reason>.<what>.tar.zst`. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { HOSTILE } from './hostile-archives.ts';

const folder = new URL('fixtures/', import.meta.url);
for (const name of readdirSync(folder)) rmSync(new URL(name, folder));
for (const [reason, archives] of Object.entries(HOSTILE)) {
  for (const [what, { bytes, isPlain }] of Object.entries(archives)) {
    const ending = isPlain === true ? 'tar' : 'tar.zst';
    writeFileSync(new URL(`${reason}.${what}.${ending}`, folder), bytes);
  }
}
