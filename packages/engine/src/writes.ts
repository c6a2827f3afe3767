import { posix } from 'node:path';
import type { ActionNumber, PlainObservation, TaskId } from '@skein/model';

/** Who wrote a path in this run. */
export interface Writer {
  readonly action: ActionNumber;
  readonly task: TaskId;
}

/** Something that was seen, and an action that wrote what it is of. */
export interface WrittenObservation {
  readonly seen: PlainObservation;
  readonly path: string;
  readonly writer: Writer;
}

type ModuleObservation = Extract<PlainObservation, { readonly kind: 'module' }>;

/*
 * What the actions of a run wrote outside their scratch folders (O5). What this file owns: which
 * observations a write touches.
 * W1  A write touches what was seen of its path, of everything below it, the listing of its
 *     folder, and whatever was found absent above it: `mkdir -p a/b` makes `a` too.
 * W2  A written path may be written again at any time while the run goes on, so nothing that
 *     depends on one is known for longer than a single check.
 * W3  When a path is written first that something verified depends on, nothing of what was
 *     verified before counts any more.
 */

/** The writes of one run, and what has been looked at in it. */
export class Writes {
  readonly #writers = new Map<string, Writer[]>();
  /** Written paths by their folder, and by each folder above them. */
  readonly #folders = new Map<string, Set<string>>();
  readonly #below = new Map<string, Set<string>>();
  readonly #seen = new Set<string>();
  readonly #absent = new Set<string>();
  readonly #listed = new Set<string>();
  /** Every folder above something that was seen. */
  readonly #above = new Set<string>();
  readonly #modules = new Map<string, ModuleObservation>();

  get any(): boolean {
    return this.#writers.size > 0;
  }

  /** True where what was verified before may not hold any more (W3). */
  add(path: string, by: Writer): boolean {
    const writers = this.#writers.get(path);
    if (writers !== undefined) {
      if (!writers.some(({ action }) => action === by.action)) writers.push(by);
      return false;
    }
    this.#writers.set(path, [by]);
    const folder = folderOf(path);
    insert(this.#folders, folder, path);
    for (const above of foldersAbove(path)) insert(this.#below, above, path);
    return this.#isSeen(path, folder);
  }

  /** Something that is verified, or executed, depends on this. */
  see(seen: PlainObservation): void {
    if (seen.kind === 'variable') return;
    if (seen.kind === 'module') {
      this.#modules.set(`${seen.specifier}\0${seen.from}`, seen);
      return;
    }
    if (seen.kind === 'listing') this.#listed.add(seen.path);
    if (seen.digest === null) this.#absent.add(seen.path);
    if (this.#seen.has(seen.path)) return;
    this.#seen.add(seen.path);
    for (const folder of foldersAbove(seen.path)) {
      if (this.#above.has(folder)) return;
      this.#above.add(folder);
    }
  }

  /** The written paths that touch what was seen (W1). */
  touching(seen: PlainObservation): readonly string[] {
    if (!this.any || seen.kind === 'variable') return [];
    if (seen.kind === 'module') {
      return [...this.#writers.keys()].filter((path) => touchesModule(path, seen));
    }
    const touching = [seen.path, ...foldersAbove(seen.path)].filter((path) =>
      this.#writers.has(path),
    );
    if (seen.kind === 'listing') touching.push(...(this.#folders.get(seen.path) ?? []));
    if (seen.digest === null) touching.push(...(this.#below.get(seen.path) ?? []));
    return touching;
  }

  /** An action other than the reader that wrote what was seen, and the path it wrote. */
  writerOf(seen: PlainObservation, reader: ActionNumber): WrittenObservation | undefined {
    for (const path of this.touching(seen)) {
      const writer = this.#writers.get(path)?.find(({ action }) => action !== reader);
      if (writer !== undefined) return { seen, path, writer };
    }
    return undefined;
  }

  #isSeen(path: string, folder: string): boolean {
    if (this.#seen.has(path) || this.#above.has(path) || this.#listed.has(folder)) return true;
    if ([...this.#modules.values()].some((seen) => touchesModule(path, seen))) return true;
    return foldersAbove(path).some((above) => this.#absent.has(above));
  }
}

function insert(map: Map<string, Set<string>>, name: string, path: string): void {
  const paths = map.get(name);
  if (paths === undefined) map.set(name, new Set([path]));
  else paths.add(path);
}

/** Of `a/b/c`: `a/b` and `a`; of `/a/b`: `/a` and `/`. Of what lies at the root: the root, ``. */
function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = path; folder !== '' && folder !== '/';) {
    folder = folderOf(folder);
    folders.push(folder);
  }
  return folders;
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash === 0 && path.length > 1) return '/';
  return slash < 0 ? '' : path.slice(0, slash);
}

const PACKAGES = /(?:^|\/)(?:node_modules(?:\/|$)|package\.json$)/;
const MODULE = /\.(?:[cm]?[jt]sx?|json|node|wasm)$/;

/** Only the resolver knows where it looked: all that it may have looked at counts. */
function touchesModule(path: string, { specifier, from }: ModuleObservation): boolean {
  if (PACKAGES.test(path)) return true;
  if (!/^[./]/.test(specifier)) return specifier.includes(':') && MODULE.test(path);
  const target = posix.join(specifier.startsWith('/') ? '' : posix.dirname(from), specifier);
  const stem = target.replace(MODULE, '');
  return path === target || path.startsWith(`${stem}.`) || path.startsWith(`${target}/`);
}
