import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import type { Git, GitEntry } from './git.ts';

const LINK = '120000';
const EXECUTABLE = '100755';
const SUBMODULE = '160000';

/**
 * Writes the files of a commit into a folder of their own, with the packages of the working tree
 * linked into it: what is installed is not kept by git. Submodules stay empty.
 */
export async function writeTree(git: Git, commit: string, folder: string): Promise<Result<string>> {
  const listed = await git.entries(commit);
  if (!listed.ok) return listed;
  const entries = listed.value.filter((it) => it.mode !== SUBMODULE);
  const top = join(folder, 'tree');
  mkdirSync(top, { recursive: true });
  // The resolver looks upwards too: above the tree there is nothing, as above any checkout.
  for (const it of ['package.json', 'tsconfig.json']) writeFileSync(join(folder, it), '{}');
  const written = await git.contents(
    entries.map((it) => it.object),
    (content, index) => {
      const entry = entries[index];
      if (entry !== undefined) writeEntry(top, entry, content);
    },
  );
  if (!written.ok) return fail(written.failure);
  linkPackages(git.top, realpathSync(top), foldersOf(entries));
  return succeed(realpathSync(top));
}

function writeEntry(top: string, { path, mode }: GitEntry, content: Buffer): void {
  const file = join(top, path);
  mkdirSync(dirname(file), { recursive: true });
  if (mode === LINK) symlinkSync(content.toString('utf8'), file);
  else writeFileSync(file, content);
  if (mode === EXECUTABLE) chmodSync(file, 0o755);
}

function foldersOf(entries: readonly GitEntry[]): Set<string> {
  const folders = new Set(['']);
  for (const { path } of entries) {
    for (let at = dirname(path); at !== '.' && !folders.has(at); at = dirname(at)) folders.add(at);
  }
  return folders;
}

/** Links what lies in each `node_modules`; a link to a workspace package leads into the tree. */
function linkPackages(from: string, to: string, folders: ReadonlySet<string>): void {
  const home = realpathSync(from);
  for (const folder of folders) {
    const source = join(from, folder, 'node_modules');
    if (existsSync(join(to, folder, 'node_modules'))) continue;
    for (const name of packagesIn(source)) {
      const target = targetOf(join(source, name), { home, tree: to });
      if (target === undefined) continue;
      const link = join(to, folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(target, link);
    }
  }
}

function targetOf(
  path: string,
  { home, tree }: { readonly home: string; readonly tree: string },
): string | undefined {
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    return undefined;
  }
  const inside = relative(home, real);
  const isWorkspace = !inside.startsWith('..') && !inside.split(sep).includes('node_modules');
  if (!isWorkspace) return real;
  const own = join(tree, inside);
  return existsSync(own) ? own : undefined;
}

function packagesIn(folder: string): string[] {
  return namesIn(folder).flatMap((name) => {
    if (name.startsWith('.')) return [];
    if (!name.startsWith('@')) return [name];
    return namesIn(join(folder, name)).map((it) => `${name}/${it}`);
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
