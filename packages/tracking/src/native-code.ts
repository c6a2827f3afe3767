import process from 'node:process';
import type { Patches } from './patches.ts';
import type { Reporter } from './report-impurity.ts';
import { currentTracking } from './tracking.ts';
import { whenAskedFor } from './when-asked-for.ts';

/** Bindings that reach files past `node:fs`. */
const OF_FILES = /^fs(?:$|_)/;

/**
 * Code that is no JavaScript touches what it likes, unseen: a foreign function or a WebAssembly
 * program with a file system of its own is what a subprocess is (O8), and Node's own bindings leave
 * no trace (O1). Returns what ends it, but for what was put into `patches`.
 */
export function trackNativeCode(patches: Patches, { impure }: Reporter): () => void {
  const report = (holder: object, called: string, name: string): void =>
    patches.beforeCall(holder, name, () => void impure('subprocess', called));
  const endModules = whenAskedFor(
    patches,
    new Map([
      ['wasi', (wasi: object): void => report(wasi, 'new WASI()', 'WASI')],
      [
        'ffi',
        (ffi: object): void => {
          report(ffi, 'ffi.dlopen()', 'dlopen');
          report(ffi, 'new DynamicLibrary()', 'DynamicLibrary');
        },
      ],
    ]),
  );
  for (const name of ['binding', '_linkedBinding']) {
    patches.beforeCall(process, name, ([wanted]) => {
      if (typeof wanted !== 'string' || !OF_FILES.test(wanted)) return;
      const called = `process.${name}("${wanted}")`;
      currentTracking()?.begin(called)?.untraceable(`${called} reads files unseen`);
    });
  }
  return endModules;
}
