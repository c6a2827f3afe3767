import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import type { ModuleGraph, Target } from './graph.ts';
import type { Packages } from './packages.ts';
import { joinPath } from './watch.ts';
import { foldersAbove, toAbsolute } from './workspace-path.ts';

interface PlacesRequest {
  readonly root: string;
  readonly graph: ModuleGraph;
  readonly packages: Packages;
  /** Folders above the root, nearest first. */
  readonly above: readonly string[];
}

/** What decided which package a name means, with relative paths. */
interface PackagePlaces {
  /** Where packages were looked for, and the files that were found. */
  readonly places: readonly string[];
  /** Manifests that say which file of a package is meant. */
  readonly manifests: readonly string[];
  /** Folders in which a file could appear that is meant instead. */
  readonly folders: readonly string[];
}

/**
 * Where a package of each used name could lie. A place that is there but was not taken, such as a
 * package that is only half installed, may be taken once something appears in it.
 */
export function packagePlaces(request: PlacesRequest): PackagePlaces {
  const { graph, packages } = request;
  const search = new PlaceSearch(request);
  // Inside the root, listings of folders tell when one appears.
  for (const it of request.above) search.places.add(joinPath(it, 'node_modules'));
  for (const { path, imports } of graph.values()) {
    for (const [key, target] of imports) {
      if (target.kind === 'built-in' || target.kind === 'skein') continue;
      const name = packageName(key.replace(/^require /, ''));
      if (name !== undefined) search.look(path, name, target);
      if (target.kind !== 'package') continue;
      search.places.add(target.path);
      search.manifests.add(`${packages.folderOf(target.path)}/package.json`);
    }
  }
  const { places, manifests, folders } = search;
  return { places: [...places].sort(), manifests: [...manifests], folders: [...folders] };
}

class PlaceSearch {
  readonly places = new Set<string>();
  readonly manifests = new Set<string>();
  readonly folders = new Set<string>();
  readonly #request: PlacesRequest;
  readonly #holding = new Map<string, boolean>();

  constructor(request: PlacesRequest) {
    this.#request = request;
  }

  look(module: string, name: string, target: Target): void {
    const { root, above } = this.#request;
    let isTaken = false;
    for (const folder of [...foldersAbove(module), ...above]) {
      const modules = joinPath(folder, 'node_modules');
      if (!this.#holds(modules)) continue;
      // esbuild also takes a file there that is called like the package.
      this.folders.add(modules);
      const place = `${modules}/${name}`;
      if (this.places.has(place) && isTaken) continue;
      this.places.add(place);
      if (isTaken || !isThere(toAbsolute(root, place))) continue;
      isTaken = isWithin(root, place, target);
      if (!isTaken) this.#watchInside(place);
    }
  }

  #watchInside(place: string): void {
    if (this.folders.has(place)) return;
    this.folders.add(place);
    this.manifests.add(`${place}/package.json`);
    for (const it of foldersIn(toAbsolute(this.#request.root, place))) {
      this.#watchInside(`${place}/${it}`);
    }
  }

  #holds(folder: string): boolean {
    const known = this.#holding.get(folder) ?? isThere(toAbsolute(this.#request.root, folder));
    this.#holding.set(folder, known);
    return known;
  }
}

function packageName(specifier: string): string | undefined {
  return /^(?:@[^/]+\/)?[^./@#][^/]*/.exec(specifier)?.[0];
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Whether a target lies in the package at a place, which may be a link. */
function isWithin(root: string, place: string, target: Target): boolean {
  if (!('path' in target)) return false;
  const file = toAbsolute(root, target.path);
  return [toAbsolute(root, place), realPath(toAbsolute(root, place))].some(
    (it) => file === it || file.startsWith(`${it}${sep}`),
  );
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((it) => it.isDirectory() && it.name !== 'node_modules')
      .map((it) => it.name);
  } catch {
    return [];
  }
}
