import { isAbsolute, relative, resolve, sep } from 'node:path';

/** A path relative to the workspace root, with `/` on every platform. */
export function toRelative(root: string, path: string): string {
  if (!isAbsolute(path)) return path;
  const found = relative(root, path);
  return sep === '/' ? found : found.replaceAll(sep, '/');
}

export function toAbsolute(root: string, path: string): string {
  return resolve(root, path);
}

/** Whether a relative path belongs to an installed package rather than to the workspace. */
export function isInstalled(path: string): boolean {
  return path.startsWith('../') || `/${path}`.includes('/node_modules/');
}

/** Folders above a relative path up to the root, nearest first; the root is `''`. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
    folders.push(path.slice(0, end));
    if (end === 0) return folders;
  }
  folders.push('');
  return folders;
}
