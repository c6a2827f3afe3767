import { basename, dirname, isAbsolute, join, normalize, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { native } from './native-fs.ts';
import type { ImageFiles } from './image-files.ts';
import { isWithin } from './within.ts';

/** A path as observations name it. */
export interface ObservedPath {
  /** Relative to the root with `/` where it lies inside, else absolute (O2). */
  readonly name: string;
  readonly absolute: string;
  /** The installed package that it lies in, which stands for all its files (O2). */
  readonly inPackage?: InstalledPackage;
}

export interface InstalledPackage {
  readonly name: string;
  /** The folder of the package, as observations name paths. */
  readonly folder: string;
}

interface Places {
  readonly root: string;
  readonly state: string;
  readonly scratch?: string;
  readonly container?: { readonly files: ImageFiles } | undefined;
}

/** Where nothing is observed on any machine. */
const SYSTEM_FOLDERS = ['/proc', '/sys', '/dev'];
const PACKAGE = /^(.*?(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/@.][^/]*))(?:\/|$)/;
const PARENT_AFTER_NAME = /[^/]\/+(?:\.\/+)*\.\.(?:\/|$)/;
const MAX_KNOWN = 10_000;

/** Names paths as observations do, and says which of them are observed at all (O2). */
export class ObservedPaths {
  readonly state: string;
  readonly #root: string;
  readonly #scratch: string | undefined;
  readonly #ignored: readonly string[];
  /** Present in a container. */
  readonly image: ImageFiles | undefined;
  #realRoot: string | undefined;
  /** Code names the same paths again and again. */
  readonly #known = new Map<string, ObservedPath | null>();
  #knownIn = '';
  #knownSince = 0;

  constructor({ root, state, scratch, container }: Places) {
    this.image = container?.files;
    this.#root = withoutEnd(root);
    this.state = withoutEnd(state);
    this.#scratch = scratch === undefined ? undefined : withoutEnd(scratch);
    const own = [this.state, ...(this.#scratch === undefined ? [] : [this.#scratch])];
    this.#ignored = [...own, ...SYSTEM_FOLDERS, process.execPath];
  }

  /** `undefined`: no path, or one that is not observed. Links are not resolved. */
  of(path: unknown): ObservedPath | undefined {
    const text = textOf(path);
    if (text === undefined || text === '' || text.includes('\0')) return undefined;
    // What is there decides what such a path means, and that may change.
    if (PARENT_AFTER_NAME.test(text)) return this.#judge(absoluteOf(text)) ?? undefined;
    const folder = process.cwd();
    const since = this.image?.changes ?? 0;
    const isOld = this.#knownIn !== folder || this.#knownSince !== since;
    if (isOld || this.#known.size > MAX_KNOWN) this.#known.clear();
    this.#knownIn = folder;
    this.#knownSince = since;
    const known = this.#known.get(text);
    if (known !== undefined) return known ?? undefined;
    const absolute = resolve(text);
    const found = this.#judge(absolute);
    if (this.image?.isTemporary(absolute) !== true) this.#known.set(text, found);
    return found ?? undefined;
  }

  /** The absolute path of what lies in scratch, which is not observed. */
  inScratch(path: unknown): string | undefined {
    const text = this.#scratch === undefined ? undefined : textOf(path);
    if (text === undefined || this.#scratch === undefined || text.includes('\0')) return undefined;
    const absolute = resolve(text);
    return isWithin(absolute, this.#scratch) ? absolute : undefined;
  }

  /**
   * What of the image is about to be changed: from now on it is observed. `undefined`: it is not
   * the image's.
   */
  changedInImage(path: unknown): ObservedPath | undefined {
    const text = this.image === undefined ? undefined : textOf(path);
    if (text === undefined || text === '' || text.includes('\0')) return undefined;
    const absolute = resolve(text);
    if (this.#isIgnored(absolute) || this.image?.isOutside(absolute) !== true) return undefined;
    this.image.wrote(absolute);
    return { name: absolute, absolute };
  }

  /** An absolute path as observations name it. */
  nameOf(absolute: string): string {
    return below(absolute, this.#root) ?? absolute;
  }

  /** The absolute path that an observation names. */
  absolute(name: string): string {
    if (isAbsolute(name)) return name;
    return name === '.' ? this.#root : `${this.#root}${sep}${name}`;
  }

  /** What `realpath` gave, as it is seen from the workspace, which may be a link itself. */
  realName(real: string): string {
    this.#realRoot ??= realOf(this.#root);
    return below(real, this.#root) ?? below(real, this.#realRoot) ?? real;
  }

  /** The name of a path without links, be it there or not. */
  real({ absolute }: ObservedPath): string | undefined {
    const folder = dirname(absolute);
    try {
      return this.realName(native.realpathSync(absolute));
    } catch {
      // Nothing is there yet, or a link that leads nowhere.
    }
    return folder === absolute
      ? undefined
      : this.realName(join(realOf(folder), basename(absolute)));
  }

  #isIgnored(absolute: string): boolean {
    return this.#ignored.some((folder) => isWithin(absolute, folder));
  }

  #judge(absolute: string): ObservedPath | null {
    if (this.#isIgnored(absolute) || this.image?.holds(absolute) === true) return null;
    const name = this.nameOf(absolute);
    const inPackage = packageOf(name);
    return inPackage === undefined ? { name, absolute } : { name, absolute, inPackage };
  }
}

/** The path of what `node:fs` takes for one. */
export function textOf(path: unknown): string | undefined {
  if (typeof path === 'string') return path;
  if (Buffer.isBuffer(path)) return path.toString();
  if (path instanceof Uint8Array) return Buffer.from(path).toString();
  if (!(path instanceof URL) || path.protocol !== 'file:') return undefined;
  try {
    return fileURLToPath(path);
  } catch {
    // It names another host, which `node:fs` refuses too.
    return undefined;
  }
}

/** A path with `..` behind what is no folder names something else than it seems to. */
function absoluteOf(text: string): string {
  if (sep !== '/' || leadsThroughFolders(text)) return resolve(text);
  return isAbsolute(text) ? text : `${process.cwd()}/${text}`;
}

function leadsThroughFolders(text: string): boolean {
  const parts = text.split('/');
  return parts.every((part, index) => {
    if (parts[index + 1] !== '..' || part === '' || part === '.' || part === '..') return true;
    const before = join(isAbsolute(text) ? '/' : process.cwd(), ...parts.slice(0, index + 1));
    return native.lstatSync(before, { throwIfNoEntry: false })?.isDirectory() === true;
  });
}

function packageOf(name: string): InstalledPackage | undefined {
  if (!name.includes('node_modules/')) return undefined;
  let rest = name;
  let folder = '';
  let found: InstalledPackage | undefined;
  for (;;) {
    const match = PACKAGE.exec(rest);
    if (match === null) return found;
    folder += match[1] ?? '';
    found = { name: match[2] ?? '', folder };
    rest = rest.slice(match[1]?.length ?? 0);
  }
}

function below(path: string, folder: string): string | undefined {
  if (path === folder) return '.';
  if (!path.startsWith(folder + sep)) return undefined;
  const relative = path.slice(folder.length + 1);
  return sep === '/' ? relative : relative.replaceAll(sep, '/');
}

function withoutEnd(folder: string): string {
  const plain = normalize(folder);
  return plain.length > 1 && plain.endsWith(sep) ? plain.slice(0, -1) : plain;
}

function realOf(folder: string): string {
  try {
    return native.realpathSync(folder);
  } catch {
    // What is not there is no link.
    return folder;
  }
}
