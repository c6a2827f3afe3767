import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Digest } from '@skein/values';
import type { ModuleObservation } from '@skein/model';
import type { LookUp, ModuleDigests } from './module-digest.ts';
import { native } from './native-fs.ts';
import { isInside, realPath } from './package-content.ts';
import { findPlainModule, isPlainSpecifier } from './plain-module.ts';

/** A look-up that Node made. */
export interface Asked {
  readonly specifier: string;
  /** The file from which is asked. */
  readonly parent: string;
  /** Its code runs, and is the one that asks: a `require` may be made for any file. */
  readonly isAsker: boolean;
  /** Folders to look from, where the code named them; else that of the parent. */
  readonly folders: readonly string[] | undefined;
  /** The file that Node found, without links; `undefined`: none. */
  readonly found: string | undefined;
  /** What Node holds of it since it was loaded. */
  readonly loaded: Digest | undefined;
}

/**
 * What is to be told of a look-up: nothing where a package's digest covers it already; `unclear`
 * where Node went a way that its digest does not cover.
 */
export type Answer = readonly ModuleObservation[] | 'unclear';

const COVERED: Answer = [];

/** What a look-up depends on (O1, O2). `state` is the state directory, which bundles lie in. */
export function answerLookUp(asked: Asked, digests: ModuleDigests, state: string): Answer {
  const { specifier, parent, folders = [dirname(parent)] } = asked;
  const found = asked.found !== undefined && isThere(asked.found) ? asked.found : undefined;
  if (found !== undefined && digests.paths.of(found) === undefined) {
    return answerPast(asked, digests, state);
  }
  if (specifier.startsWith('file:') || isPlainSpecifier(specifier)) {
    return answerPlain({ ...asked, found, folders }, digests, state);
  }
  if (asked.folders === undefined && isOwnAffair(asked, digests)) return COVERED;
  if (specifier.startsWith('#')) return 'unclear';
  const seen: ModuleObservation[] = [];
  for (const folder of folders) {
    seen.push(digests.observe({ specifier, from: nameFolder(folder, digests, state) }));
    const candidates = digests.packages.candidates(folder, specifier).map(realPath);
    if (found !== undefined && candidates.some((it) => isInside(found, it))) return seen;
  }
  return found === undefined ? seen : 'unclear';
}

/** What is found in a container's image is so because no mounted package comes before it. */
function answerPast(asked: Asked, digests: ModuleDigests, state: string): Answer {
  const { specifier, parent, folders = [dirname(parent)] } = asked;
  const isNamed = !isPlainSpecifier(specifier) && !/^(?:file:|[/#])/.test(specifier);
  if (!digests.isContained || !isNamed || digests.paths.of(parent) === undefined) return COVERED;
  return folders.map((it) => digests.observe({ specifier, from: nameFolder(it, digests, state) }));
}

function answerPlain(
  asked: Asked & { readonly folders: readonly string[] },
  digests: ModuleDigests,
  state: string,
): Answer {
  const { specifier, folders, found, loaded } = asked;
  const own = packageOf(asked, digests);
  const seen: ModuleObservation[] = [];
  for (const folder of folders) {
    const path = pathOf(specifier, folder);
    const target = found ?? path;
    if (own !== undefined && digests.packageFolder(target) === own) return seen;
    if (digests.paths.of(target) === undefined) continue;
    const lookUp = lookUpOf({ specifier, folder, path, found }, digests, state);
    seen.push(digests.observe(lookUp, loaded));
    if (found === undefined) continue;
    const again = findPlainModule(lookUp.specifier, digests.paths.absolute(lookUp.from));
    if (!isPlainSpecifier(lookUp.specifier) || (again && realPath(again) === found)) return seen;
  }
  return found === undefined ? seen : 'unclear';
}

interface Plain {
  readonly specifier: string;
  readonly folder: string;
  /** What the specifier names, be it there or not. */
  readonly path: string;
  readonly found: string | undefined;
}

/** A file of a package stands for the package; an absolute name would hold for this machine. */
function lookUpOf(
  { specifier, folder, path, found }: Plain,
  digests: ModuleDigests,
  state: string,
): LookUp {
  const inPackage = found === undefined ? undefined : digests.lookUpOfPackage(found);
  if (inPackage !== undefined) return inPackage;
  const isSimple = specifier.startsWith('.') && resolve(folder, specifier) === path;
  if (isSimple) return { specifier, from: nameFolder(folder, digests, state) };
  return digests.lookUpOfFile(path);
}

/** `import` takes URLs, of which the search and the hash name no other file. */
function pathOf(specifier: string, folder: string): string {
  const plain = resolve(folder, specifier);
  if (!specifier.startsWith('file:') && (!/[?#%]/.test(specifier) || isThere(plain))) return plain;
  try {
    return fileURLToPath(new URL(specifier.replace(/[?#].*$/s, ''), `file://${folder}/`));
  } catch {
    return plain;
  }
}

/** A package's look-up of its own files and of what it says it depends on. */
function isOwnAffair(asked: Asked, digests: ModuleDigests): boolean {
  const { specifier, found } = asked;
  const own = packageOf(asked, digests);
  if (own === undefined) return false;
  if (found !== undefined && digests.packageFolder(found) === own) return true;
  return digests.packages.covers(own, specifier, found);
}

/** The folder of the package whose code asks. */
function packageOf({ parent, isAsker }: Asked, digests: ModuleDigests): string | undefined {
  return isAsker ? digests.packageFolder(parent) : undefined;
}

/** A bundle lies in the state directory: from there Node comes to the root. */
function nameFolder(folder: string, digests: ModuleDigests, state: string): string {
  const name = digests.paths.of(folder)?.name;
  if (name !== undefined) return name;
  if (folder !== state && !isInside(folder, state)) return folder;
  const above = dirname(state);
  return digests.paths.of(above)?.name ?? above;
}

function isThere(path: string): boolean {
  try {
    return native.statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
