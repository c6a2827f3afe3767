import { dirname, resolve } from 'node:path';
import type { Access } from './access.ts';
import type { Around, Watch } from './forms.ts';
import { native } from './native-fs.ts';
import { textOf } from './observed-path.ts';
import type { ObservedPath } from './observed-path.ts';
import { descriptorOf, openFileOf } from './open-files.ts';
import { isThere } from './scratch-owners.ts';
import { lookAt } from './stats.ts';

/** Node carries some of them out in several steps. */
const WRITTEN: Around = { steps: 'whole' };

/** `writeFile`, `appendFile`: to a path, or to what is open. */
export const watchWriteFile: Watch = (access, [target]) => {
  if (descriptorOf(target) === undefined) access.write(target);
  else openFileOf(access, target)?.write(access);
  return WRITTEN;
};

/** What changes a file, or what is known of it. */
export const watchChange: Watch = (access, [path]) => {
  access.write(path);
  return WRITTEN;
};

/** What is not there can be removed as often as one likes: that it is not there was observed. */
export const watchRemove: Watch = (access, [path]) => {
  const found = access.target(path);
  if (found === undefined) return WRITTEN;
  const before = lookAt(found.absolute, 'lstat', access.around.paths);
  if (isAbsent(found)) access.stat(found, 'lstat', before);
  else access.writeObserved(found);
  return WRITTEN;
};

/** Its name is made of the moment, unless the author gives one. */
export const watchSnapshot: Watch = (access, [path = 'Heap.heapsnapshot']) => {
  access.write(path);
  return undefined;
};

/** A folder that is there already is not created, whether that is an error or not. */
export const watchMkdir: Watch = (access, [path]) => {
  const found = access.observed(path);
  if (found === undefined) {
    access.madeInScratch(path, { unlessThere: true });
    if (!isThere(textOf(path) ?? '')) changeImage(access, path);
    return undefined;
  }
  const exists = lookAt(found.absolute, 'exists', access.around.paths);
  if (exists === null) access.writeObserved(found);
  else access.stat(found, 'exists', exists);
  return undefined;
};

export const watchMkdtemp: Watch = (access, [prefix]) => {
  const path = typeof prefix === 'string' ? `${prefix}XXXXXX` : prefix;
  const found = access.path(path) ?? access.changed(path);
  if (found !== undefined) access.writeObserved(found);
  return {
    done: (made) => {
      access.madeInScratch(isDisposable(made) ? made.path : made, { isNamed: false });
      return made;
    },
  };
};

export const watchRename: Watch = (access, [from, to]) => {
  // It may be another's that is moved.
  void access.path(from);
  access.write(from);
  access.write(to);
  return undefined;
};

function isDisposable(made: unknown): made is { readonly path: unknown } {
  return typeof made === 'object' && made !== null && 'path' in made;
}

/** What is read through a name in scratch is not seen. */
export const watchLink: Watch = (access, [existing, path]) => linkInto(access, existing, path);

/** The target of a symbolic link is relative to the folder that the link is in. */
export const watchSymlink: Watch = (access, [target, path]) => {
  const [from, at] = [textOf(target), textOf(path)];
  const isKnown = from !== undefined && at !== undefined;
  return linkInto(access, isKnown ? resolve(dirname(at), from) : target, path);
};

function linkInto(access: Access, target: unknown, path: unknown): undefined {
  const made = access.target(path);
  const linked = access.path(target);
  if (made !== undefined) access.writeObserved(made);
  else if (linked !== undefined) {
    access.untraceable(`it linked "${linked.name}" into its scratch folder by ${access.by}`);
  }
}

/** Where neither observed nor scratch, it may lie in a container's image. */
function changeImage(access: Access, path: unknown): void {
  const changed = access.changed(path);
  if (changed !== undefined) access.writeObserved(changed);
}

function isAbsent({ absolute }: ObservedPath): boolean {
  try {
    return native.lstatSync(absolute, { throwIfNoEntry: false }) === undefined;
  } catch {
    // Nobody can say, so something may be there.
    return false;
  }
}
