import { sep } from 'node:path';

/** Whether an absolute path is the folder, or lies in it. */
export function coversPath(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** Without those that lie in another of them: nothing is to be mounted twice. */
export function outermost(paths: readonly string[]): readonly string[] {
  const sorted = [...new Set(paths)].toSorted();
  return sorted.filter((path) => !sorted.some((it) => it !== path && coversPath(it, path)));
}
