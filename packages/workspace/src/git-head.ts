import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Where a repository stands. */
export interface GitHead {
  /** Absolute: the folder that its working tree begins in. */
  readonly top: string;
  /** Absent before the first commit, or where it cannot be told from the files. */
  readonly commit?: string;
  /** Absent where no branch is checked out. */
  readonly branch?: string;
}

const OBJECT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const BRANCH = 'refs/heads/';
/** A reference may stand for another one; longer chains are a mistake of whoever made them. */
const LINKS = 5;

/**
 * Commit and branch of the repository that a folder lies in, read from git's own files: a run does
 * not wait for a program. `undefined`: the folder lies in none.
 *
 * Layout: https://git-scm.com/docs/gitrepository-layout
 */
export function readGitHead(folder: string): GitHead | undefined {
  const found = findRepository(folder);
  if (found === undefined) return undefined;
  const { own, top } = found;
  const head = firstLine(join(own, 'HEAD'));
  if (head === undefined) return undefined;
  if (OBJECT.test(head)) return { top, commit: head };
  const name = referenceIn(head);
  if (name === undefined) return { top };
  const commit = resolveReference({ own, shared: sharedFolder(own) }, name);
  return {
    top,
    ...(commit === undefined ? {} : { commit }),
    // Where references are kept in tables, this file names none that there is.
    ...(name.startsWith(BRANCH) && name !== `${BRANCH}.invalid`
      ? { branch: name.slice(BRANCH.length) }
      : {}),
  };
}

/** The repository's own folder: `.git`, or where a file of that name says (worktree, submodule). */
function findRepository(
  folder: string,
): { readonly own: string; readonly top: string } | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git');
    const stats = statSync(git, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true && existsSync(join(git, 'HEAD')))
      return { own: git, top: at };
    if (stats?.isFile() === true) {
      const [, elsewhere] = /^gitdir: (.+)$/.exec(firstLine(git) ?? '') ?? [];
      if (elsewhere !== undefined) return { own: resolve(at, elsewhere), top: at };
    }
    if (dirname(at) === at) return undefined;
  }
}

/** What the worktrees of a repository have in common lies in the folder of the first. */
function sharedFolder(own: string): string {
  const shared = firstLine(join(own, 'commondir'));
  return shared === undefined ? own : resolve(own, shared);
}

interface Repository {
  readonly own: string;
  readonly shared: string;
}

function resolveReference({ own, shared }: Repository, first: string): string | undefined {
  let name = first;
  for (let link = 0; link < LINKS; link += 1) {
    const found = firstLine(join(own, name)) ?? firstLine(join(shared, name));
    if (found === undefined) return packedReference(shared, name);
    if (OBJECT.test(found)) return found;
    const next = referenceIn(found);
    if (next === undefined) return undefined;
    name = next;
  }
  return undefined;
}

function packedReference(shared: string, name: string): string | undefined {
  const lines = readText(join(shared, 'packed-refs'))?.split('\n') ?? [];
  const line = lines.find((one) => one.endsWith(` ${name}`));
  const [commit = ''] = line?.split(' ') ?? [];
  return OBJECT.test(commit) ? commit : undefined;
}

/** Only names below `refs/`: another one could lead out of the repository. */
function referenceIn(line: string): string | undefined {
  const [, name] = /^ref: (refs\/\S+)$/.exec(line) ?? [];
  return name === undefined || name.split('/').includes('..') ? undefined : name;
}

function firstLine(path: string): string | undefined {
  return readText(path)?.split('\n', 1)[0]?.trimEnd();
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
