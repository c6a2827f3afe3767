import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const CODE = /\.[cm]?[jt]sx?$/;
const NEVER = /(?:^|\/)node_modules\/|\.d\.[cm]?ts$|\.(?:test|spec)\.[cm]?[jt]sx?$/;
const IMPORTS_SKEIN = /(?:from|import|require\()\s*['"]skein['"]/;
const DECLARES_TASK = /\.task\s*\(/;
const SPECIFIER = /(?:from|import|import\(|require\()\s*['"](\.[^'"]*)['"]/g;

/**
 * Modules that look as if they declared tasks, without those that another of them imports. Only a
 * first guess, by the text: whether it is so, analysis says.
 */
export function findEntries(root: string, files: readonly string[]): readonly string[] {
  const texts = new Map<string, string>();
  for (const file of files) {
    if (!CODE.test(file) || NEVER.test(file)) continue;
    const text = textOf(join(root, file));
    if (IMPORTS_SKEIN.test(text) && DECLARES_TASK.test(text)) texts.set(file, text);
  }
  const imported = new Set([...texts].flatMap(([file, text]) => importsOf(file, text)));
  const roots = [...texts.keys()].filter((it) => !imported.has(withoutExtension(it)));
  return (roots.length > 0 ? roots : [...texts.keys()]).sort();
}

/** Modules that a text names by relative specifiers, without extension. */
function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(SPECIFIER)].flatMap(([, specifier = '']) => {
    const path = posix.join(posix.dirname(file), specifier);
    return [withoutExtension(path), `${path}/index`].filter((it) => it !== withoutExtension(file));
  });
}

function withoutExtension(path: string): string {
  return path.replace(CODE, '');
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
