import { readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { readJson } from 'fs-extra/esm';
import { recall } from 'hoarder';
import { environment } from 'skein';

const env = environment({ name: 'observe', cache: 'auto' });

/** Reads a file that nobody declared. */
export const settings = env.task(async (): Promise<string> => {
  try {
    return readFileSync('config/x.json', 'utf8');
  } catch {
    return 'none';
  }
});

export const listing = env.task(async (): Promise<string[]> => readdirSync('config').sort());

export const mode = env.task(async (): Promise<string> => process.env['MODE'] ?? 'plain');

/** Reads through a package that passes reads on, and keeps nothing. */
export const passed = env.task(async (): Promise<unknown> => await readJson('config/y.json'));

/** Reads outside of the workspace. */
export const outside = env.task(async (path: string): Promise<string> => {
  return await readFile(path, 'utf8');
});

/** Reads through a package that could keep what it read. */
export const hoarded = env.task(async (): Promise<string> => recall('config/z.json'));

/** Reads nothing: but `recall` may have kept something for it. */
export const plain = env.task(async (value: number): Promise<number> => value + 1);

export const main = env.task(async (path: string): Promise<unknown[]> => [
  await settings(),
  await listing(),
  await mode(),
  await passed(),
  await outside(path),
]);

/** One process, one action after the other. */
export const hoarding = env.task(async (): Promise<unknown[]> => [
  await plain(1),
  await hoarded(),
  await plain(2),
]);
