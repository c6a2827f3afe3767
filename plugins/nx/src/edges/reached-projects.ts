import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { FileOwners } from './file-owners.ts';
import type { PathAliases } from './path-aliases.ts';
import { specifiersIn } from './specifiers.ts';

export interface Surroundings {
  readonly root: string;
  readonly owners: FileOwners;
  readonly aliases: PathAliases;
  /** Names of packages that are projects. */
  readonly packages: ReadonlyMap<string, string>;
  readonly memory: SpecifierMemory;
}

/**
 * The projects whose files an entry imports, over any number of modules. What is imported by the
 * name of a package counts as all modules of its project: which of them its manifest leads to is
 * for the analysis of a run to say, and too many are no harm here.
 */
export function reachedProjects(entry: string, around: Surroundings): ReadonlySet<string> {
  const { owners } = around;
  const reached = new Set<string>();
  const whole = new Set<string>();
  const seen = new Set<string>();
  const waiting = [posix.normalize(entry)];
  const enter = (project: string): void => {
    if (whole.has(project)) return;
    whole.add(project);
    waiting.push(...owners.codeOf(project));
  };
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const owner = owners.ownerOf(file);
    if (owner !== undefined) reached.add(owner);
    for (const specifier of around.memory.of(file, around)) {
      const { files, project } = follow(specifier, file, around);
      waiting.push(...files);
      if (project !== undefined) enter(project);
    }
  }
  for (const project of whole) reached.add(project);
  return reached;
}

interface Followed {
  readonly files: readonly string[];
  readonly project?: string;
}

function follow(specifier: string, from: string, around: Surroundings): Followed {
  const { owners, aliases, packages } = around;
  const folder = posix.dirname(from);
  if (specifier.startsWith('.')) {
    const path = posix.join(folder, specifier);
    return { files: [owners.find(path) ?? path] };
  }
  const own = owners.ownerOf(from);
  if (specifier.startsWith('#'))
    return { files: [], ...(own === undefined ? {} : { project: own }) };
  const aliased = aliases.targetsOf(specifier, folder);
  if (aliased.length > 0) return { files: aliased.map((path) => owners.find(path) ?? path) };
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const project = packages.get(name);
  return { files: [], ...(project === undefined ? {} : { project }) };
}

/** Specifiers of files, by the content that Nx says they have: nothing is read twice. */
export class SpecifierMemory {
  readonly #known = new Map<string, { readonly hash: string; readonly found: readonly string[] }>();

  of(file: string, { root, owners }: Pick<Surroundings, 'root' | 'owners'>): readonly string[] {
    const hash = owners.hashOf(file);
    if (hash === undefined) return [];
    const known = this.#known.get(file);
    if (known?.hash === hash) return known.found;
    const found = specifiersIn(read(join(root, file)));
    this.#known.set(file, { hash, found });
    return found;
  }
}

/** Removed since Nx looked: it will look again. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
