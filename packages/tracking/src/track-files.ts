import fs from 'node:fs';
import Module, { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import v8 from 'node:v8';
import { callbackForm, disguise, promiseForm, syncForm } from './forms.ts';
import type { Operation, Watch } from './forms.ts';
import { ModuleDigests } from './module-digest.ts';
import { closeOpenFile } from './open-files.ts';
import { loadEnvFile } from './load-env-file.ts';
import { Patches } from './patches.ts';
import type { TrackingSettings } from './settings.ts';
import { currentTracking, setTracking, Tracking } from './tracking.ts';
import { watchCopyFile, watchCp, watchOpenAsBlob } from './watch-copy.ts';
import { globForm, globIteratorForm, globSyncForm } from './watch-glob.ts';
import { trackDatabases } from './watch-database.ts';
import { watchFindPackage } from './watch-find-package.ts';
import { HandleClass } from './watch-handle.ts';
import { watchReaddir } from './watch-listing.ts';
import { watchOpen, watchReadOpened, watchWriteOpened } from './watch-open.ts';
import { watchOpendir } from './watch-opendir.ts';
import { watchReadFile } from './watch-read-file.ts';
import { stampsInMemory } from './stamped-digest.ts';
import * as stat from './watch-stat.ts';
import { streamClass } from './watch-streams.ts';
import * as write from './watch-write.ts';

const handles = new HandleClass();

/** What has a form of each kind, as far as Node has it: `x`, `xSync`, `promises.x`. */
const OPERATIONS: Readonly<Record<string, Watch>> = {
  readFile: watchReadFile,
  readdir: watchReaddir,
  opendir: watchOpendir,
  open: watchOpen,
  read: watchReadOpened,
  readv: watchReadOpened,
  stat: stat.watchStat,
  lstat: stat.watchLstat,
  fstat: stat.watchStatOpened,
  statfs: stat.watchStatfs,
  access: stat.watchAccess,
  readlink: stat.watchReadlink,
  realpath: stat.watchRealpath,
  openAsBlob: watchOpenAsBlob,
  copyFile: watchCopyFile,
  cp: watchCp,
  write: watchWriteOpened,
  writev: watchWriteOpened,
  ftruncate: watchWriteOpened,
  futimes: watchWriteOpened,
  fchmod: watchWriteOpened,
  fchown: watchWriteOpened,
  writeFile: write.watchWriteFile,
  appendFile: write.watchWriteFile,
  truncate: write.watchChange,
  utimes: write.watchChange,
  lutimes: write.watchChange,
  chmod: write.watchChange,
  lchmod: write.watchChange,
  chown: write.watchChange,
  lchown: write.watchChange,
  mkdir: write.watchMkdir,
  mkdtemp: write.watchMkdtemp,
  mkdtempDisposable: write.watchMkdtemp,
  rm: write.watchRemove,
  rmdir: write.watchRemove,
  unlink: write.watchRemove,
  rename: write.watchRename,
  link: write.watchLink,
  symlink: write.watchSymlink,
};

/** Names of `node:fs` that go by no rule. */
const OTHERS: Readonly<Record<string, (original: Operation) => Operation>> = {
  close: closing,
  closeSync: closing,
  exists: stat.existsForm,
  existsSync: (original) => syncForm(original, 'existsSync', stat.watchExists),
  openAsBlob: (original) => promiseForm(original, 'openAsBlob', watchOpenAsBlob),
  glob: globForm,
  globSync: globSyncForm,
  watch: (original) => syncForm(original, 'watch', watchForChanges),
  watchFile: (original) => syncForm(original, 'watchFile', watchForChanges),
};

/**
 * Puts watching functions in the place of all that `node:fs` and `node:fs/promises` offer, for
 * every module that imports them by name too, and gives what takes them away again.
 */
export function installFileTracking(
  settings: TrackingSettings,
  digests = new ModuleDigests({ ...settings, stamps: stampsInMemory() }),
): () => void {
  const before = currentTracking();
  setTracking(new Tracking(settings, digests));
  if (before !== undefined) return () => setTracking(before);
  const patches = new Patches();
  for (const [name, watch] of Object.entries(OPERATIONS)) replace(patches, name, watch);
  for (const [name, form] of Object.entries(OTHERS)) {
    patches.replace(fs, name, (own) => form(own as Operation));
  }
  patches.replace(fs.promises, 'open', (own) => handles.opening(own as Operation));
  patches.replace(fs.promises, 'glob', (own) => globIteratorForm(own as Operation));
  patches.replace(fs.promises, 'watch', (own) =>
    syncForm(own as Operation, 'watch', watchForChanges),
  );
  patches.replace(process, 'loadEnvFile', () => loadEnvFile);
  patches.replace(v8, 'writeHeapSnapshot', (own) =>
    syncForm(own as Operation, 'writeHeapSnapshot', write.watchSnapshot),
  );
  patches.replace(Module, 'findPackageJSON', (own) =>
    syncForm(own as Operation, 'findPackageJSON', watchFindPackage),
  );
  const endDatabases = trackDatabases(patches);
  const restoreStreams = replaceStreams();
  syncBuiltinESMExports();
  return () => {
    setTracking(undefined);
    patches.undo();
    handles.undo();
    restoreStreams();
    endDatabases();
    syncBuiltinESMExports();
  };
}

function replace(patches: Patches, name: string, watch: Watch): void {
  const lazy = fs as unknown as Readonly<Record<string, unknown>>;
  // Some are there only once they were asked for.
  void lazy[name];
  void lazy[`${name}Sync`];
  patches.replace(fs, `${name}Sync`, (own) =>
    withNative(own, (it) => syncForm(it, `${name}Sync`, watch)),
  );
  patches.replace(fs, name, (own) => withNative(own, (it) => callbackForm(it, name, watch)));
  patches.replace(fs.promises, name, (own) => promiseForm(own as Operation, name, watch));
}

/** `realpath` has another function hanging on it. */
function withNative(own: unknown, form: (original: Operation) => Operation): unknown {
  if (typeof own !== 'function') return own;
  const watched = form(own as Operation);
  if (!('native' in own)) return watched;
  const value = form(own.native as Operation);
  return Object.defineProperty(watched, 'native', { value, enumerable: true, writable: true });
}

/** Node makes its own streams by these names too. */
function replaceStreams(): () => void {
  const { ReadStream, WriteStream } = fs;
  const holder = fs as unknown as {
    ReadStream: unknown;
    WriteStream: unknown;
    FileReadStream: unknown;
    FileWriteStream: unknown;
  };
  const put = (reading: unknown, writing: unknown): void => {
    holder.ReadStream = reading;
    holder.FileReadStream = reading;
    holder.WriteStream = writing;
    holder.FileWriteStream = writing;
  };
  put(streamClass(ReadStream, 'createReadStream'), streamClass(WriteStream, 'createWriteStream'));
  return () => put(ReadStream, WriteStream);
}

/** Descriptors are used again by whoever opens next, so all closing counts. */
function closing(original: Operation): Operation {
  return disguise(original, function (this: unknown, ...args) {
    closeOpenFile(args[0]);
    return Reflect.apply(original, this, args);
  });
}

/** Whoever is told of changes depends on the moment (O8). */
function watchForChanges(...[access, [path]]: Parameters<Watch>): undefined {
  if (access.path(path) !== undefined) access.impure(`${access.by}()`);
}
