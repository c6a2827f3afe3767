import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Everything below a folder but what lies in `except`, with what a change would change. A file
 * that comes and goes again is seen too, since it changes the times of its folder.
 */
export async function lookAround(folder: string, except: string): Promise<readonly string[]> {
  const found = [await describe(folder)];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (path === except) continue;
    if (entry.isDirectory()) found.push(...(await lookAround(path, except)));
    else found.push(await describe(path));
  }
  return found.toSorted();
}

/** Names with this text in the folders above a folder, and in the folder itself. */
export async function namesAbove(folder: string, text: string): Promise<readonly string[]> {
  const found = (await readdir(folder)).filter((name) => name.includes(text));
  const here = found.map((name) => join(folder, name));
  const above = dirname(folder);
  return above === folder ? here : [...here, ...(await namesAbove(above, text))];
}

async function describe(path: string): Promise<string> {
  const { ino, mode, size, mtimeMs, ctimeMs } = await lstat(path);
  return `${path} ${ino} ${mode} ${size} ${mtimeMs} ${ctimeMs}`;
}
