import { matchesGlob } from 'node:path/posix';
import { readManifest } from './packages.ts';
import { foldersAbove, toAbsolute } from './workspace-path.ts';

/** Whether the module at a path below its package may be left out where nothing of it is used. */
type IsFree = (path: string) => boolean;

/** Tells of modules whether their package declares that they have no effects (C2). */
export function effectFreeTeller(root: string): (path: string) => boolean {
  const byFolder = new Map<string, IsFree | undefined>();
  const ruleOf = (folder: string): IsFree | undefined => {
    if (byFolder.has(folder)) return byFolder.get(folder);
    const manifest = readManifest(toAbsolute(root, folder));
    const isPackage = Object.keys(manifest).length > 0;
    const found = isPackage
      ? readRule('sideEffects' in manifest ? manifest.sideEffects : true)
      : undefined;
    byFolder.set(folder, found);
    return found;
  };
  return (path) => {
    for (const folder of foldersAbove(path)) {
      const isFree = ruleOf(folder);
      if (isFree !== undefined) return isFree(folder === '' ? path : path.slice(folder.length + 1));
    }
    return false;
  };
}

/** `false`, or patterns of the files that do have effects; one without `/` fits anywhere. */
function readRule(declared: unknown): IsFree {
  if (!Array.isArray(declared)) return () => declared === false;
  const patterns = declared.map((it) => {
    const pattern = String(it);
    return pattern.includes('/') ? pattern.replace(/^\.?\//, '') : `**/${pattern}`;
  });
  return (path) => !patterns.some((it) => matchesGlob(path, it));
}
