import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Result } from '@skein/model';
import { succeed } from '@skein/model';
import { loadConfig } from './config.ts';
import type { Git } from './git.ts';
import { type Lock, readLock } from './lock-changes.ts';
import type { Opened } from './opened.ts';
import { writeTree } from './tree.ts';

/** The workspace as it is in one state of the tree. */
export interface TreeState {
  readonly root: string;
  /** Where analysis keeps what it knows. */
  readonly state: string;
  readonly passThrough: readonly string[];
  /** `undefined`: npm keeps none there. */
  readonly lock: Lock | undefined;
  /** Files below the root, relative to it. */
  readonly files: () => Promise<Result<readonly string[]>>;
}

/** The files as they are. */
export async function workingTree(opened: Opened, git: Git): Promise<Result<TreeState>> {
  const config = await loadConfig(opened.root);
  if (!config.ok) return config;
  return succeed({
    root: opened.root,
    state: opened.state.path,
    passThrough: config.value.passThrough,
    lock: readLock(opened.root),
    files: () => git.files(opened.root),
  });
}

interface CommitPlace {
  readonly opened: Opened;
  readonly git: Git;
  /** Absolute; where the tree is written. */
  readonly folder: string;
}

/** The files of a commit, written below a folder. */
export async function commitTree(
  name: string,
  { opened, git, folder }: CommitPlace,
): Promise<Result<TreeState>> {
  const commit = await git.commit(name);
  if (!commit.ok) return commit;
  const own = mkdtempSync(join(folder, 'commit-'));
  const top = await writeTree(git, commit.value, own);
  if (!top.ok) return top;
  const prefix = relative(realpathSync(git.top), realpathSync(opened.root)).replaceAll('\\', '/');
  const root = join(top.value, prefix);
  mkdirSync(root, { recursive: true });
  const config = await loadConfig(root);
  return succeed({
    root,
    state: knowing(opened, join(own, 'state')),
    // One that is not valid in that state of the tree could not have been run with.
    passThrough: config.ok ? config.value.passThrough : [],
    lock: readLock(root),
    files: async () => {
      const entries = await git.entries(commit.value);
      if (!entries.ok) return entries;
      const below = prefix === '' ? '' : `${prefix}/`;
      const paths = entries.value.map((it) => it.path).filter((it) => it.startsWith(below));
      return succeed(paths.map((it) => it.slice(below.length)));
    },
  });
}

/** A state of its own that knows what analysis keeps: most modules are the same in both trees. */
function knowing(opened: Opened, state: string): string {
  const known = join(opened.state.path, 'analysis');
  mkdirSync(state, { recursive: true });
  if (existsSync(known)) cpSync(known, join(state, 'analysis'), { recursive: true });
  return state;
}
