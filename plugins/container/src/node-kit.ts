import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Mount } from './run-arguments.ts';

/** Where a container finds what is Skein's. */
export const KIT = '/skein';
/** The folder with the socket of the channel. */
export const RUN = `${KIT}/run`;

const LIBRARIES = `${KIT}/lib`;
const NODE = `${KIT}/node`;
const PROGRAM = `${KIT}/bin/node`;
const LOADER = /^ld(?:-linux|-musl|64).*\.so/;

/** What is Skein's in a container, and how its Node is started there. */
export interface NodeKit {
  readonly mounts: readonly Mount[];
  /** Starts Node, whose flags and script follow. */
  readonly command: readonly [string, ...string[]];
  /** A program of the container that is Node, for whoever starts `process.execPath`. */
  readonly program: string;
}

/**
 * Lays out this process's own Node so that it runs in any image: with its libraries, by the
 * loader that came with them. `folder` is made, and mounted.
 */
export function layOutNode(folder: string): NodeKit {
  const libraries = sharedObjects();
  const loader = libraries.find((path) => LOADER.test(basename(path)));
  for (const name of ['lib', 'bin', 'run']) mkdirSync(join(folder, name), { recursive: true });
  for (const path of libraries) {
    // Links are followed: what is loaded by this name is the file.
    copyFileSync(path, join(folder, 'lib', basename(path)), constants.COPYFILE_FICLONE);
  }
  const start =
    loader === undefined
      ? ([NODE] as const)
      : ([`${LIBRARIES}/${basename(loader)}`, '--library-path', LIBRARIES, NODE] as const);
  const script = `#!/bin/sh\nexec ${start.join(' ')} "$@"\n`;
  writeFileSync(join(folder, 'bin', 'node'), script, { mode: 0o755 });
  // There Node itself is mounted.
  writeFileSync(join(folder, 'node'), '', { mode: 0o755 });
  return {
    mounts: [
      { source: folder, target: KIT },
      { source: realpathSync(process.execPath), target: NODE },
    ],
    command: start,
    program: PROGRAM,
  };
}

/** Where the image has a Node of its own, there is only the folder for the channel. */
export function layOutBare(folder: string): readonly Mount[] {
  mkdirSync(join(folder, 'run'), { recursive: true });
  return [{ source: folder, target: KIT }];
}

type ReportSettings = NodeJS.ProcessReport & { excludeNetwork?: boolean };

/** The libraries that this process has loaded, the loader among them; not its addons. */
function sharedObjects(): readonly string[] {
  // Else it asks for the names of all its peers.
  const settings: ReportSettings = process.report;
  const before = settings.excludeNetwork === true;
  settings.excludeNetwork = true;
  const report: unknown = process.report.getReport();
  settings.excludeNetwork = before;
  if (typeof report !== 'object' || report === null || !('sharedObjects' in report)) return [];
  const { sharedObjects: listed } = report;
  const paths = Array.isArray(listed) ? listed.filter((it) => typeof it === 'string') : [];
  return paths.filter((it) => /\.so(?:\.|$)/.test(basename(it)) && existsSync(it));
}
