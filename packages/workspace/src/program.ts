import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { stampedDigest } from '@skein/tracking';
import type { StampTable } from '@skein/tracking';
import type { Digest } from '@skein/values';

/** Where a worker looks for programs, and how their content is known. */
export interface ProgramSettings {
  /** Absolute folder that workers run in. */
  readonly cwd: string;
  /** The command's `PATH`, which workers are given (O6). */
  readonly path: string | undefined;
  readonly stamps: StampTable;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Gives the content of programs as a worker would start them, each read once while it is untouched
 * (C8); `null`: there is no such program.
 */
export function programDigests({
  cwd,
  path = '',
  ...stamps
}: ProgramSettings): (name: string) => Digest | null {
  const folders = path.split(delimiter);
  return (name) => {
    const files = name.includes('/') ? [name] : folders.map((it) => join(it, name));
    const file = files.map((it) => (isAbsolute(it) ? it : resolve(cwd, it))).find(isProgram);
    return file === undefined ? null : (stampedDigest(file, stamps)?.digest ?? null);
  };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
