import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClockShift } from './plan.ts';

/** A library that shows programs another time, where this machine has it. */
const library = find('/usr/lib', 'faketime/libfaketime.so.1');

function find(folder: string, name: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  return [folder, ...readdirSync(folder).map((inner) => join(folder, inner))]
    .map((place) => join(place, name))
    .find((path) => existsSync(path));
}

/**
 * Makes a command see another time, which is read from a file again and again: whoever writes
 * there moves the clock while the command runs. Steady clocks stay steady.
 */
export async function clockVariables(
  shift: ClockShift | undefined,
  file: string,
): Promise<Readonly<Record<string, string>>> {
  if (shift === undefined || library === undefined) return {};
  await writeFile(file, shift.from);
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
    FAKE_UTIME: '0',
  };
}
