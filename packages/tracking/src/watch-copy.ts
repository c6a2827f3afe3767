import { join } from 'node:path';
import type { Access } from './access.ts';
import { digestOfError } from './file-digest.ts';
import type { Around, Operation, Watch } from './forms.ts';
import { digestOfEntries, visibleEntries } from './listing.ts';
import { native } from './native-fs.ts';
import { outward } from './nesting.ts';
import type { ObservedPath } from './observed-path.ts';
import { Reading } from './reading.ts';
import { lookAt } from './stats.ts';

/** To be called when the copy is made. */
type Check = () => void;

/** `copyFile`: what goes into scratch was read; what goes elsewhere was written, unseen. */
export const watchCopyFile: Watch = (access, [from, to]) => {
  access.write(to);
  const source = access.path(from);
  if (source === undefined) return undefined;
  if (access.path(to) !== undefined) return tellSource(access, source);
  return checking([readByPath(access, source)]);
};

/** `cp`, likewise; also what a filter leaves out is read. */
export const watchCp: Watch = (access, [from, to, options]) => {
  access.write(to);
  const checks: Check[] = [];
  const source = access.path(from);
  if (source !== undefined) {
    if (access.path(to) === undefined) readTree(access, source, checks);
    else tellSource(access, source);
  }
  const args = options === undefined ? [from, to] : [from, to, withOwnFilter(options)];
  return { ...checking(checks), args, steps: 'whole' };
};

function tellSource(access: Access, path: ObservedPath): undefined {
  access.stat(path, 'exists', lookAt(path.absolute, 'exists', access.around.paths));
}

/** `openAsBlob`: when its bytes are asked for, Node refuses a file that has changed. */
export const watchOpenAsBlob: Watch = (access, [path]) => {
  const found = access.path(path);
  if (found !== undefined) readByPath(access, found);
  return undefined;
};

function checking(checks: readonly Check[]): Around {
  return {
    done: (result) => {
      for (const check of checks) check();
      return result;
    },
  };
}

/** Begins to read a file that Node will open for itself. */
function readByPath(access: Access, path: ObservedPath): Check {
  let descriptor: number;
  try {
    descriptor = native.openSync(path.absolute, 'r');
  } catch (error) {
    access.file(path, digestOfError(error));
    return () => undefined;
  }
  try {
    const reading = Reading.begin(access, { path, trail: access.trail() }, descriptor);
    return () => reading?.checkPath();
  } finally {
    native.closeSync(descriptor);
  }
}

function readTree(access: Access, path: ObservedPath, checks: Check[]): void {
  const { paths } = access.around;
  const found = lookAt(path.absolute, 'lstat', paths);
  access.stat(path, 'lstat', found);
  if (found === null) return;
  const stats = native.lstatSync(path.absolute, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() === true) {
    access.stat(path, 'link', lookAt(path.absolute, 'link', paths));
    access.stat(path, 'exists', lookAt(path.absolute, 'exists', paths));
  }
  const target = native.statSync(path.absolute, { throwIfNoEntry: false });
  if (target?.isFile() === true) checks.push(readByPath(access, path));
  if (stats?.isDirectory() !== true) return;
  const folder = path.absolute;
  const { state } = paths;
  const entries = native.readdirSync(folder, { withFileTypes: true });
  const visible = visibleEntries(entries, { folder, state });
  access.listing(path, digestOfEntries(visible));
  for (const { name } of visible) {
    const inner = access.path(join(folder, name));
    if (inner !== undefined) readTree(access, inner, checks);
  }
}

/** What the author's filter reads is read by the author. */
function withOwnFilter(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  if (!('filter' in options) || typeof options.filter !== 'function') return options;
  return { ...options, filter: outward(options.filter as Operation) };
}
