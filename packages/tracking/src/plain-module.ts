import { dirname, join, resolve } from 'node:path';
import { native } from './native-fs.ts';
import { parseJson } from './package-content.ts';

/** Whether a specifier names a file by its place, not a package by its name. */
export function isPlainSpecifier(specifier: string): boolean {
  return /^(?:\.{0,2}[/\\]|\.{1,2}$|[A-Za-z]:[/\\])/.test(specifier);
}

const EXTENSIONS = ['.js', '.json', '.node'];

/**
 * The file that Node takes for `specifier`, in a folder: the file itself, one with an extension, or
 * the main module of a folder. `import` looks for the first only, and what follows then changes
 * nothing for it but that it is looked at.
 */
export function findPlainModule(specifier: string, from: string): string | undefined {
  const path = resolve(from, specifier);
  const isFolder = /(?:^|[/\\])\.{0,2}$/.test(specifier);
  return (isFolder ? undefined : findFile(path)) ?? findMain(path);
}

/**
 * What else decides how a file is evaluated: the `type` of the package.json above it, where its
 * name leaves that open.
 */
export function moduleType(file: string): string {
  if (!/\.(?:[jt]s|[jt]sx)$/.test(file)) return '';
  for (let at = dirname(file); ; at = dirname(at)) {
    const manifest = join(at, 'package.json');
    if (isFile(manifest)) {
      const { type } = parseJson(manifest);
      return type === 'module' ? 'module' : 'commonjs';
    }
    if (dirname(at) === at) return 'none';
  }
}

function findFile(path: string): string | undefined {
  return ['', ...EXTENSIONS].map((end) => path + end).find(isFile);
}

function findMain(folder: string): string | undefined {
  const { main } = parseJson(join(folder, 'package.json'));
  const index = join(folder, 'index');
  if (typeof main !== 'string' || main === '') return findFile(index);
  const named = resolve(folder, main);
  return findFile(named) ?? findFile(join(named, 'index')) ?? findFile(index);
}

function isFile(path: string): boolean {
  try {
    return native.statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
