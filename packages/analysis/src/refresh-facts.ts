import type { ModuleFacts } from './facts.ts';
import type { FactFinder } from './module-facts.ts';

export interface RefreshRequest {
  readonly finder: FactFinder;
  /** By path; empty where nothing is known. */
  readonly known: ReadonlyMap<string, ModuleFacts>;
  /** Modules whose summary, or what their imports lead to, is new or another one. */
  readonly edited: ReadonlySet<string>;
  readonly effectFree: (path: string) => boolean;
}

export interface RefreshedFacts {
  /** Of all modules, in order of path. */
  readonly facts: readonly ModuleFacts[];
  /** Modules that were looked at again. */
  readonly fresh: ReadonlySet<string>;
  /** Of all that was looked at again, only code and its places are new. */
  readonly sameStructure: boolean;
}

/**
 * Facts of all modules as they are now. Looked at again are edited modules, those that may see a
 * name of them that means something else now, and those that asked what their values do where
 * that is another answer now.
 */
export function refreshFacts(request: RefreshRequest): RefreshedFacts {
  const { finder, known, edited, effectFree } = request;
  const fresh = new Map<string, ModuleFacts>();
  const look = (path: string): ModuleFacts => {
    const found = fresh.get(path) ?? finder.of(path, effectFree(path));
    fresh.set(path, found);
    return found;
  };
  const moved: string[] = [];
  const reproved: string[] = [];
  for (const path of edited) {
    const [old, now] = [known.get(path), look(path)];
    if (old?.surface !== now.surface) moved.push(path);
    else if (old.proofs !== now.proofs) reproved.push(path);
  }
  const above = new Importers(finder.names.paths, (path) => fresh.get(path) ?? known.get(path));
  for (const path of above.of(moved)) look(path);
  for (const path of above.of(reproved)) {
    if (!fresh.has(path) && known.get(path)?.asks === true) look(path);
  }
  const facts = finder.names.paths.map((path) => {
    const found = fresh.get(path) ?? known.get(path) ?? look(path);
    const isFree = effectFree(path);
    return found.effectFree === isFree ? found : { ...found, effectFree: isFree };
  });
  const sameStructure =
    known.size === facts.length &&
    [...fresh].every(([path, now]) => structureOf(known.get(path)) === structureOf(now));
  return { facts, fresh: new Set(fresh.keys()), sameStructure };
}

const CODE = new Set(['emitted', 'symbols', 'digest', 'start', 'end', 'sites', 'effectFree']);

function structureOf(facts: ModuleFacts | undefined): string {
  return JSON.stringify(facts ?? null, (key, value: unknown) => (CODE.has(key) ? null : value));
}

/** Which modules a module can be seen from. */
class Importers {
  readonly #of = new Map<string, string[]>();

  constructor(paths: readonly string[], factsOf: (path: string) => ModuleFacts | undefined) {
    for (const path of paths) {
      for (const target of factsOf(path)?.imports ?? []) {
        const list = this.#of.get(target);
        if (list === undefined) this.#of.set(target, [path]);
        else list.push(path);
      }
    }
  }

  /** Everything above these, themselves included if they stand in a circle. */
  of(paths: readonly string[]): ReadonlySet<string> {
    const found = new Set<string>();
    const open = [...paths];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const importer of this.#of.get(next) ?? []) {
        if (found.has(importer)) continue;
        found.add(importer);
        open.push(importer);
      }
    }
    return found;
  }
}
