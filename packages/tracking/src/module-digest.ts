import { basename, dirname } from 'node:path';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ModuleObservation } from '@skein/model';
import type { ImageFiles } from './image-files.ts';
import { ObservedPaths } from './observed-path.ts';
import { PackageContents, realPath } from './package-content.ts';
import { findPlainModule, isPlainSpecifier, moduleType } from './plain-module.ts';
import { findProgram, interpreterOf, isThisNode, PROGRAM } from './program.ts';
import { stampedDigest } from './stamped-digest.ts';
import type { StampedDigest, Stamps } from './stamped-digest.ts';

export interface ModuleSettings extends Stamps {
  /** Absolute, as tracking has them. */
  readonly root: string;
  readonly state: string;
  /** The command's `PATH`, in which programs are looked up (O8). */
  readonly path?: string | undefined;
  readonly container?: { readonly files: ImageFiles } | undefined;
}

/** What is looked up, and from where: the observation without what was found. */
export type LookUp = Pick<ModuleObservation, 'specifier' | 'from'>;

/**
 * What look-ups of modules and programs find (O1). A look-up is a function of what its digest
 * covers, whatever way Node goes:
 *
 * - a package: the contents of the packages in the order Node comes to them (C6);
 * - a file: where it lies, its content, and what else decides how it is evaluated;
 * - a program: the content of the file, and of its interpreter.
 *
 * Packages are read once, until they are forgotten.
 */
export class ModuleDigests {
  readonly packages: PackageContents;
  readonly paths: ObservedPaths;
  readonly #settings: ModuleSettings;
  /** Files by themselves, as they were when they were looked at. */
  readonly #files = new Map<string, StampedDigest>();

  constructor(settings: ModuleSettings) {
    this.#settings = settings;
    this.paths = new ObservedPaths(settings);
    this.packages = new PackageContents(settings);
  }

  /** The image has packages of its own, which are not observed. */
  get isContained(): boolean {
    return this.#settings.container !== undefined;
  }

  /**
   * The digest that the look-up has now; `null`: it finds nothing. `loaded`: what Node holds of the
   * file since it loaded it.
   */
  digestOf({ specifier, from }: LookUp, loaded?: Digest): Digest | null {
    if (specifier.startsWith(PROGRAM)) return this.#program(specifier.slice(PROGRAM.length), from);
    const folder = this.paths.absolute(from);
    if (isPlainSpecifier(specifier)) return this.#plain(findPlainModule(specifier, folder), loaded);
    const { container } = this.#settings;
    const all = this.packages.candidates(folder, specifier);
    const found = container === undefined ? all : all.filter((it) => !container.files.holds(it));
    if (found.length === 0) return null;
    return digestOf('package', found.map((it) => this.packages.digestOf(it)).join('\n'));
  }

  #plain(file: string | undefined, loaded: Digest | undefined): Digest | null {
    if (file === undefined) return null;
    const content = loaded ?? this.#content(file) ?? null;
    const name = this.paths.of(file)?.name ?? file;
    return digestOf('observation', JSON.stringify([name, content, moduleType(file)]));
  }

  #content(file: string): Digest | undefined {
    const content = stampedDigest(file, this.#settings);
    if (content !== undefined) this.#files.set(realPath(file), content);
    return content?.digest;
  }

  #program(name: string, from: string): Digest | null {
    const search = { paths: this.paths, path: this.#settings.path };
    const file = findProgram(name, from, search);
    if (file === undefined) return null;
    const real = realPath(file);
    if (isThisNode(real)) return digestOf('observation', 'node');
    const inPackage = this.packageFolder(real);
    if (inPackage !== undefined) return this.packages.digestOf(inPackage);
    const content = stampedDigest(file, this.#settings)?.digest ?? null;
    const interpreter = interpreterOf(file);
    if (interpreter === undefined || content === null) return content;
    const runs = this.#program(interpreter, from);
    return digestOf('observation', JSON.stringify([content, interpreter, runs]));
  }

  /** The absolute folder of the installed package that a file belongs to. */
  packageFolder(file: string): string | undefined {
    const inPackage = this.paths.of(file)?.inPackage;
    return inPackage === undefined ? undefined : this.paths.absolute(inPackage.folder);
  }

  /** The look-up that stands for everything read in the package of a file. */
  lookUpOfPackage(file: string): LookUp | undefined {
    const inPackage = this.paths.of(file)?.inPackage;
    if (inPackage === undefined) return undefined;
    const { name, folder } = inPackage;
    const above = folder.slice(0, -`/node_modules/${name}`.length);
    return { specifier: name, from: above === '' ? (folder.startsWith('/') ? '/' : '.') : above };
  }

  /** The same file looked up from its own folder: specifiers may hold paths of this machine. */
  lookUpOfFile(file: string): LookUp {
    const folder = dirname(file);
    return { specifier: `./${basename(file)}`, from: this.paths.of(folder)?.name ?? folder };
  }

  /** What a digest took a file to hold; the path without links. */
  knownContent(file: string): StampedDigest | undefined {
    const folder = this.packageFolder(file);
    if (folder === undefined) return this.#files.get(file);
    return this.packages.knownFile(folder, file);
  }

  /** Everything is looked at anew. */
  forget(): void {
    this.packages.forget();
    this.#files.clear();
  }

  observe(lookUp: LookUp, loaded?: Digest): ModuleObservation {
    return { kind: 'module', ...lookUp, digest: this.digestOf(lookUp, loaded) };
  }

  /** A file that was loaded by its path: it, or the package it belongs to. */
  observeFile(file: string): ModuleObservation {
    return this.observe(this.lookUpOfPackage(realPath(file)) ?? this.lookUpOfFile(file));
  }
}

/** What the look-up finds now; nothing is remembered. */
export function moduleDigestNow(seen: LookUp, settings: ModuleSettings): Digest | null {
  return new ModuleDigests(settings).digestOf(seen);
}
