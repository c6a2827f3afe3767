import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readGitHead } from './git-head.ts';

const folders: string[] = [];

afterEach(() => {
  for (const it of folders.splice(0)) rmSync(it, { recursive: true, force: true });
});

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'skein-git-')));
  folders.push(made);
  return made;
}

function git(cwd: string, ...args: readonly string[]): string {
  const settings = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  return execFileSync('git', [...settings, '-c', 'protocol.file.allow=always', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    },
  }).trim();
}

function repository(): { readonly root: string; readonly commit: string } {
  const root = folder();
  git(root, 'init', '--quiet', '--initial-branch=main');
  writeFileSync(join(root, 'a.txt'), 'a');
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message=first');
  return { root, commit: git(root, 'rev-parse', 'HEAD') };
}

it('PARITY 14: commit and branch, from any folder below', () => {
  const { root, commit } = repository();
  mkdirSync(join(root, 'packages/a'), { recursive: true });
  const head = { top: root, commit, branch: 'main' };
  expect(readGitHead(root)).toEqual(head);
  expect(readGitHead(join(root, 'packages/a'))).toEqual(head);
});

it('packed references, and branches with slashes', () => {
  const { root, commit } = repository();
  git(root, 'switch', '--quiet', '--create', 'fix/item-847');
  git(root, 'pack-refs', '--all', '--prune');
  expect(readGitHead(root)).toEqual({ top: root, commit, branch: 'fix/item-847' });
});

it('a detached head has no branch', () => {
  const { root, commit } = repository();
  git(root, 'checkout', '--quiet', '--detach');
  expect(readGitHead(root)).toEqual({ top: root, commit });
});

it('a worktree has a head of its own, and the references of its repository', () => {
  const { root, commit } = repository();
  const other = join(folder(), 'tree');
  git(root, 'worktree', 'add', '--quiet', '-b', 'other', other);
  expect(readGitHead(other)).toEqual({ top: other, commit, branch: 'other' });
  writeFileSync(join(other, 'b.txt'), 'b');
  git(other, 'add', '--all');
  git(other, 'commit', '--quiet', '--message=second');
  expect(readGitHead(other)?.commit).toBe(git(other, 'rev-parse', 'HEAD'));
  expect(readGitHead(root)?.commit).toBe(commit);
});

it('a submodule is a repository of its own', () => {
  const { root, commit } = repository();
  const outer = repository().root;
  git(outer, 'submodule', '--quiet', 'add', root, 'inner');
  expect(readGitHead(join(outer, 'inner'))).toMatchObject({ top: join(outer, 'inner'), commit });
});

it('nothing is told where there is no commit, no repository, or what is no head', () => {
  const root = folder();
  expect(readGitHead(root)).toBeUndefined();
  git(root, 'init', '--quiet', '--initial-branch=main');
  expect(readGitHead(root)).toEqual({ top: root, branch: 'main' });
  for (const head of ['', 'torn', 'ref: refs/../../secret', 'ref: refs/heads/.invalid']) {
    writeFileSync(join(root, '.git/HEAD'), head);
    expect(readGitHead(root)).toEqual({ top: root });
  }
  writeFileSync(join(root, '.git/HEAD'), 'ref: refs/heads/a');
  writeFileSync(join(root, '.git/refs/heads/a'), 'ref: refs/heads/a');
  expect(readGitHead(root)).toEqual({ top: root, branch: 'a' });
});
