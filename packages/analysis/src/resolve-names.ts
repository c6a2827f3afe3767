import { isPureBuiltIn, isPureBuiltInConstructor } from './built-ins.ts';
import type { Target } from './graph.ts';
import { importKey } from './graph.ts';
import type { Item, ModuleSummary, Value } from './summary.ts';

/** A module as it is known before names are followed. */
export interface KnownModule {
  readonly summary: ModuleSummary;
  readonly imports: ReadonlyMap<string, Target>;
  readonly globs: readonly string[];
}

/** Modules by path; each is looked up, and read, only when something leads to it. */
export interface ModuleShelf {
  /** Sorted. */
  readonly paths: readonly string[];
  readonly find: (path: string) => KnownModule | undefined;
}

/** A module with everything that is asked of it. */
export interface LinkedModule extends KnownModule {
  readonly path: string;
  readonly itemsByName: ReadonlyMap<string, readonly Item[]>;
}

/** What a name stands for once imports and re-exports are followed. */
export type Meaning =
  | { readonly kind: 'item'; readonly module: string; readonly name: string }
  | { readonly kind: 'namespace'; readonly module: string }
  /** A module that has to be taken whole because it has no ES exports. */
  | { readonly kind: 'whole'; readonly module: string; readonly imported: string }
  | {
      readonly kind: 'package' | 'built-in' | 'skein' | 'absent';
      readonly specifier: string;
      /** File of a package, relative to the root. */
      readonly path: string;
      readonly imported: string;
    }
  | { readonly kind: 'data'; readonly path: string; readonly imported: string }
  /** Behind several `export *` of what lies outside: any of them may have the name. */
  | { readonly kind: 'one-of'; readonly meanings: readonly Meaning[] };

/** Follows names from module to module. Invariant: the same summaries give the same answers. */
export class NameResolver {
  readonly paths: readonly string[];
  readonly #find: ModuleShelf['find'];
  readonly #modules = new Map<string, LinkedModule>();
  readonly #exports = new Map<string, Meaning | null>();

  constructor(shelf: ModuleShelf) {
    this.paths = shelf.paths;
    this.#find = shelf.find;
  }

  module(path: string): LinkedModule {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const found = this.#find(path);
    if (found === undefined) throw new Error(`no summary of ${path}`);
    const linked = { ...found, path, itemsByName: byName(found.summary.items) };
    this.#modules.set(path, linked);
    return linked;
  }

  target(module: string, specifier: string): Target {
    const { imports } = this.module(module);
    const found = imports.get(specifier) ?? imports.get(importKey(specifier, true));
    return found ?? { kind: 'absent', specifier };
  }

  /** A name at module scope; `null` for a global. */
  local(module: string, name: string): Meaning | null {
    const { itemsByName, summary } = this.module(module);
    if (itemsByName.has(name)) return { kind: 'item', module, name };
    const binding = summary.imports.find((it) => it.local === name);
    if (binding === undefined) return null;
    return this.imported(this.target(module, binding.specifier), binding.imported);
  }

  imported(target: Target, imported: string): Meaning {
    switch (target.kind) {
      case 'module':
        if (imported === '*' && !this.module(target.path).summary.commonjs) {
          return { kind: 'namespace', module: target.path };
        }
        return (
          this.exported(target.path, imported) ?? { kind: 'whole', module: target.path, imported }
        );
      case 'data':
        return { kind: 'data', path: target.path, imported };
      case 'package': {
        const { specifier, path } = target;
        return { kind: 'package', specifier, path, imported };
      }
      default:
        return { kind: target.kind, specifier: target.specifier, path: '', imported };
    }
  }

  /** What a module exports under a name; `null` where it does not. */
  exported(module: string, name: string): Meaning | null {
    const key = `${module}\n${name}`;
    const known = this.#exports.get(key);
    if (known !== undefined) return known;
    // A chain of re-exports that comes back to itself leads nowhere.
    this.#exports.set(key, null);
    const found = this.#declared(module, name, new Set()) ?? this.#outside(module, name);
    this.#exports.set(key, found);
    return found;
  }

  /**
   * What a module of the workspace certainly exports: by itself, or behind `export *`. Only a whole
   * search is remembered, since within a circle of stars the answer depends on where it began.
   */
  #declared(module: string, name: string, seen: Set<string>): Meaning | null {
    if (seen.has(module)) return null;
    seen.add(module);
    const { exports } = this.module(module).summary;
    for (const it of exports) {
      if (it.kind === 'star' || it.exported !== name) continue;
      if (it.kind === 'local') return this.local(module, it.local);
      return this.imported(this.target(module, it.specifier), it.imported);
    }
    if (name === 'default') return null;
    for (const it of exports) {
      if (it.kind !== 'star') continue;
      const target = this.target(module, it.specifier);
      const found = target.kind === 'module' ? this.#declared(target.path, name, seen) : null;
      if (found !== null) return found;
    }
    return null;
  }

  /** A name that no module declares comes from outside, where something outside is re-exported. */
  #outside(module: string, name: string): Meaning | null {
    if (name === 'default') return null;
    const meanings = this.exportNames(module).open.map((it) => this.imported(it, name));
    const [first] = meanings;
    if (first === undefined) return null;
    return meanings.length === 1 ? first : { kind: 'one-of', meanings };
  }

  /** Names of a namespace object, sorted, and targets outside that add names of their own. */
  exportNames(module: string, seen = new Set<string>()): { names: string[]; open: Target[] } {
    if (seen.has(module)) return { names: [], open: [] };
    seen.add(module);
    const names = new Set<string>();
    const open: Target[] = [];
    for (const it of this.module(module).summary.exports) {
      if (it.kind !== 'star') {
        names.add(it.exported);
        continue;
      }
      const target = this.target(module, it.specifier);
      if (target.kind !== 'module') open.push(target);
      else {
        const inner = this.exportNames(target.path, seen);
        for (const name of inner.names) if (name !== 'default') names.add(name);
        open.push(...inner.open);
      }
    }
    return { names: [...names].sort(), open };
  }

  /** All pieces that make up a name: its declarations and what adds to it. */
  items(module: string, name: string): readonly Item[] {
    return this.module(module).itemsByName.get(name) ?? [];
  }

  /** The value of a name where it is one declaration that nothing else adds to. */
  value(module: string, name: string): { value: Value; added: boolean } {
    const items = this.items(module, name);
    const declared = items.filter((it) => it.names.includes(name));
    const [first] = declared;
    if (first === undefined || declared.length !== 1) {
      return { value: { kind: 'opaque' }, added: true };
    }
    return { value: first.value, added: items.length > 1 };
  }
}

function byName(items: readonly Item[]): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    for (const name of new Set([...item.names, ...item.adds])) {
      const list = found.get(name);
      if (list === undefined) found.set(name, [item]);
      else list.push(item);
    }
  }
  return found;
}

/** One line for a meaning: what an edge of the digest says. */
export function meaningKey(meaning: Meaning): string {
  switch (meaning.kind) {
    case 'item':
      return `${meaning.module}#${meaning.name}`;
    case 'namespace':
      return `${meaning.module}#*`;
    case 'whole':
      return `${meaning.module}#${meaning.imported} of all`;
    case 'data':
      return `data ${meaning.path}#${meaning.imported}`;
    case 'one-of':
      return meaning.meanings.map(meaningKey).join(' or ');
    default:
      return `${meaning.kind} ${meaning.specifier}#${meaning.imported}`;
  }
}

export function isPureImport(meaning: Meaning, member: string | undefined): boolean {
  if (meaning.kind !== 'built-in') return false;
  return isPureBuiltIn(meaning.specifier, member ?? meaning.imported);
}

export function isPureImportedClass(meaning: Meaning): boolean {
  if (meaning.kind !== 'built-in') return false;
  return isPureBuiltInConstructor(meaning.specifier, meaning.imported);
}
