import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure, Result } from '@skein/model';
import { openImages } from '../src/images.ts';
import type { ImagesOptions, LockedImage, WorkspaceImages } from '../src/workspace-images.ts';

/** A folder of a test's own, and how to take it away. */
export interface Folder {
  readonly path: string;
  readonly remove: () => void;
}

export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'skein-images-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Opened {
  readonly images: WorkspaceImages;
  readonly locked: readonly LockedImage[];
  readonly warnings: readonly Failure[];
}

/** As a command opens the images of the workspace in `root`; nobody is signed in anywhere. */
export function open(root: string, more: Partial<ImagesOptions> = {}): Opened {
  const locked: LockedImage[] = [];
  const warnings: Failure[] = [];
  const images = openImages({
    root,
    stateDir: join(root, '.skein'),
    environment: nobody(root),
    platform: 'linux/amd64',
    onLocked: (entry) => locked.push(entry),
    warn: (warning) => warnings.push(warning),
    ...more,
  });
  return { images, locked, warnings };
}

export function nobody(root: string): Readonly<Record<string, string>> {
  return { HOME: join(root, 'home'), XDG_RUNTIME_DIR: join(root, 'runtime') };
}

/** The value, or an error that says what failed. */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.failure, undefined, 2));
}

export function failureOf(result: Result<unknown>): Failure {
  if (!result.ok) return result.failure;
  throw new Error(`no failure, but ${JSON.stringify(result.value)}`);
}

/** A fact of a failure by name. */
export function factOf(failure: Failure, name: string): string | undefined {
  return failure.facts.find(([it]) => it === name)?.[1];
}
