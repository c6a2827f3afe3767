import type { Access } from './access.ts';
import type { Around, Watch } from './forms.ts';
import { openFlags } from './open-flags.ts';
import { OpenFile } from './open-file.ts';
import { addOpenFile, descriptorOf, isHandle, openFileOf } from './open-files.ts';
import type { Handle } from './open-files.ts';

/** `open`, which begins to read: hardly anybody opens a file in order not to. */
export const watchOpen: Watch = (access, [path, flags]) => {
  const { reads, writes } = openFlags(flags);
  const read = reads ? access.path(path) : access.target(path);
  const found = read ?? (writes ? access.changed(path) : undefined);
  if (reads && writes) access.madeInScratch(path);
  if (found !== undefined && writes) access.writeObserved(found);
  const file = found === undefined ? null : new OpenFile(found, access.trail());
  return {
    done: (result) => {
      const opened = result as number | Handle;
      addOpenFile(opened, file);
      if (writes) file?.written(access);
      if (reads) file?.read(access, descriptorOf(opened) ?? -1);
      return opened;
    },
    failed: (error) => {
      if (found !== undefined && reads) access.failed(found, 'file', error);
    },
  };
};

/** Reading pieces, or all that is left, of what is open. */
export const watchReadOpened: Watch = (access, [first], self) =>
  aroundReading(access, isHandle(self) ? self : first);

export function aroundReading(access: Access, opened: unknown): Around | undefined {
  const check = openFileOf(access, opened)?.read(access, descriptorOf(opened) ?? -1);
  if (check === undefined) return undefined;
  return {
    done: (result) => {
      check();
      return result;
    },
  };
}

/** Writing to what is open, or changing what is known of it. */
export const watchWriteOpened: Watch = (access, [first], self) => {
  openFileOf(access, isHandle(self) ? self : first)?.write(access);
  return undefined;
};
