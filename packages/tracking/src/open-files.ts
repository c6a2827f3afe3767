import type { Access } from './access.ts';
import { native } from './native-fs.ts';
import { OpenFile } from './open-file.ts';

/** What `fs.promises.open` gives, as far as tracking needs it. */
export interface Handle {
  readonly fd: number;
  once(event: 'close', listener: () => void): unknown;
}

/** Input, output and errors of the process are nobody's files. */
const STANDARD = 2;

/** `null`: a file that is not observed. Numbers are used again, so closing takes them out. */
const files = new Map<number, OpenFile | null>();

export function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'fd' in value && 'once' in value;
}

/** A descriptor that the author got, by itself or in a handle. */
export function addOpenFile(opened: number | Handle, file: OpenFile | null): void {
  const descriptor = typeof opened === 'number' ? opened : opened.fd;
  files.set(descriptor, file);
  if (typeof opened !== 'number') opened.once('close', () => files.delete(descriptor));
}

export function closeOpenFile(descriptor: unknown): void {
  if (typeof descriptor === 'number') files.delete(descriptor);
}

/** What a descriptor or handle is open for; `undefined`: nothing that is observed. */
export function openFileOf(access: Access, opened: unknown): OpenFile | undefined {
  const descriptor = descriptorOf(opened);
  if (descriptor === undefined || descriptor <= STANDARD) return undefined;
  let file = files.get(descriptor);
  if (file === undefined) {
    file = findFile(access, descriptor);
    files.set(descriptor, file);
  }
  return file ?? undefined;
}

export function descriptorOf(opened: unknown): number | undefined {
  if (typeof opened === 'number') return opened;
  return isHandle(opened) ? opened.fd : undefined;
}

/** It was opened while nobody watched, or by other means than `node:fs`. */
function findFile(access: Access, descriptor: number): OpenFile | null {
  if (process.platform !== 'linux') return null;
  try {
    const path = access.path(native.readlinkSync(`/proc/self/fd/${descriptor}`));
    return path === undefined ? null : new OpenFile(path, access.trail());
  } catch {
    // There is no such descriptor: the call will fail.
    return null;
  }
}
