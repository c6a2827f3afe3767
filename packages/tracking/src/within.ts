import { sep } from 'node:path';

/** Whether an absolute path is that of the folder, or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  return path.length === folder.length || path[folder.length] === sep || folder === sep;
}
