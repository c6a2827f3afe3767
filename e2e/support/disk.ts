import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { TestContext } from 'vitest';

/** A file system of its own, so small that it can be filled. */
export interface SmallDisk extends Disposable {
  readonly path: string;
  grow(kibibytes: number): void;
  /** From now on it can be read only, or written again. */
  protect(isProtected: boolean): void;
}

/** Mounts it at a folder; where that is not allowed, the test is skipped with the reason. */
export function mountDisk(context: TestContext, path: string, kibibytes: number): SmallDisk {
  mkdirSync(path, { recursive: true });
  const mounted = run('mount', '-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'skein-e2e', path);
  if (mounted !== undefined) context.skip(`no small disk can be mounted here: ${mounted}`);
  return {
    path,
    grow: (size) => must(run('mount', '-o', `remount,size=${size}k`, path)),
    protect: (isProtected) =>
      must(run('mount', '-o', `remount,${isProtected ? 'ro' : 'rw'}`, path)),
    [Symbol.dispose]: () => must(run('umount', path)),
  };
}

/** What went wrong, if anything did. */
function run(program: string, ...args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim();
}

function must(failure: string | undefined): void {
  if (failure !== undefined) throw new Error(failure);
}
