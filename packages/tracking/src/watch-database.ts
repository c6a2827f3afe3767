import { promiseForm } from './forms.ts';
import type { Operation, Watch } from './forms.ts';
import type { Patches } from './patches.ts';
import { currentTracking } from './tracking.ts';
import { whenAskedFor } from './when-asked-for.ts';

/** What names no file. */
const IN_MEMORY = /^(?::memory:)?$/;

type DatabaseClass = new (...args: unknown[]) => object;

/**
 * A database of `node:sqlite` is read and written past `node:fs`, whenever a statement runs: who
 * opens one outside of scratch leaves no trace.
 */
export function trackDatabases(patches: Patches): () => void {
  const equip = (sqlite: object): void => {
    patches.replace(sqlite, 'DatabaseSync', (own) => databaseClass(own as DatabaseClass));
    patches.replace(sqlite, 'backup', (own) =>
      promiseForm(own as Operation, 'backup', watchBackup),
    );
  };
  return whenAskedFor(patches, new Map([['sqlite', equip]]));
}

function databaseClass(own: DatabaseClass): DatabaseClass {
  return new Proxy(own, {
    construct: (target, args: unknown[], newTarget) => {
      const [path, options] = args;
      open(path, isReadOnly(options));
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}

function open(path: unknown, readOnly: boolean): void {
  const access = currentTracking()?.begin('DatabaseSync');
  if (typeof path === 'string' && IN_MEMORY.test(path)) return;
  const found = access?.path(path) ?? (readOnly ? undefined : access?.changed(path));
  if (access === undefined || found === undefined) return;
  if (readOnly) access.untraceable(`the database "${found.name}" was opened`);
  else access.writeObserved(found);
}

function isReadOnly(options: unknown): boolean {
  return (
    typeof options === 'object' &&
    options !== null &&
    'readOnly' in options &&
    options.readOnly === true
  );
}

const watchBackup: Watch = (access, [, path]) => {
  access.write(path);
  return undefined;
};
