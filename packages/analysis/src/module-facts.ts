import type { Digest } from '@skein/values';
import { Dependency } from './dependencies.ts';
import type { ModuleFacts, Piece, PieceCode } from './facts.ts';
import { Judge } from './judge.ts';
import { NameResolver } from './resolve-names.ts';
import type { LinkedModule, ModuleShelf } from './resolve-names.ts';
import { conductOf, proofsOf, surfaceOf } from './sketch.ts';
import type { Code, Item } from './summary.ts';
import { allSymbols } from './symbols.ts';

/** Resolves the names of modules, one by one, as they are asked for. */
export class FactFinder {
  readonly names: NameResolver;
  readonly judge: Judge;
  readonly #dependency: Dependency;

  constructor(shelf: ModuleShelf) {
    this.names = new NameResolver(shelf);
    this.judge = new Judge(this.names);
    this.#dependency = new Dependency(this.names, this.judge);
  }

  of(path: string, effectFree: boolean): ModuleFacts {
    const module = this.names.module(path);
    const { summary } = module;
    const pieces = summary.items.map((it) => this.#piece(path, it));
    const targets = (specifiers: readonly string[]) =>
      specifiers.map((it) => this.names.target(path, it));
    return {
      path,
      emitted: summary.emitted as Digest,
      imports: this.#imports(module),
      evaluates: targets(summary.evaluates).flatMap((it) => (it.kind === 'module' ? it.path : [])),
      evaluatesBare: targets(summary.bare).flatMap((it) => (it.kind === 'module' ? it.path : [])),
      bare: targets(summary.bare).flatMap((it) => (it.kind === 'package' ? it.path : [])),
      effectFree,
      pieces,
      symbols: allSymbols(path, pieces),
      whole: this.#dependency.whole(path),
      sites: summary.tasks,
      surface: surfaceOf(module),
      proofs: proofsOf(summary),
      conduct: conductOf(summary),
      asks: summary.suspicions.length > 0 || summary.items.some(asksOthers),
    };
  }

  #imports({ imports, globs }: LinkedModule): string[] {
    const found = new Set<string>();
    for (const target of imports.values()) if (target.kind === 'module') found.add(target.path);
    if (globs.length === 0) return [...found];
    for (const path of this.names.paths) {
      if (globs.some((it) => path.startsWith(it))) found.add(path);
    }
    return [...found];
  }

  #piece(module: string, item: Item): Piece {
    const { adds, root, options } = item;
    const task = this.#task(module, item);
    const acts = this.#acts(module, item, task);
    return {
      names: item.names,
      ...(adds.length === 0 ? {} : { adds }),
      code: this.#code(module, item),
      ...(root === undefined ? {} : { root: this.#code(module, root) }),
      ...(options === undefined ? {} : { options: this.#code(module, options) }),
      ...(acts === undefined ? {} : { acts }),
      ...(seesOthers(item) ? { sees: true } : {}),
      ...(task === undefined ? {} : { task }),
      ...(item.value.kind === 'checkpoint' ? { checkpoint: true } : {}),
      ...(this.#isError(module, item) ? { error: true } : {}),
    };
  }

  #isError(module: string, { names: [name], value }: Item): boolean {
    return value.kind === 'class' && name !== undefined && this.judge.isErrorClass(module, name);
  }

  #code(module: string, code: Code): PieceCode {
    const { digest, leads } = this.#dependency.of(module, code);
    return { ...code.text, digest, ...leads };
  }

  #task(module: string, { value }: Item): Piece['task'] {
    if (value.kind !== 'task') return undefined;
    const { environment } = value;
    if (this.#dependency.isCertain(module, environment)) return 'certain';
    const meaning = environment === null ? null : this.names.local(module, environment);
    return environment !== null && this.judge.isOtherThing(meaning) ? 'other' : 'maybe';
  }

  #acts(module: string, item: Item, task: Piece['task']): Piece['acts'] {
    if (item.value.kind === 'task' && task !== 'certain') return 'all';
    if (this.judge.holds(module, item.pure)) return undefined;
    return item.value.kind === 'task' && item.options !== undefined ? 'options' : 'all';
  }
}

/** Whether evaluating it may read what another statement changes. */
function seesOthers({ value, references }: Item): boolean {
  switch (value.kind) {
    case 'function':
    case 'environment':
    case 'task':
    case 'checkpoint':
      return false;
    default:
      return references !== '';
  }
}

/** Whether what other modules hold can decide anything about it. */
function asksOthers({ pure, value }: Item): boolean {
  if (value.kind === 'task' && value.environment !== null) return true;
  return pure !== 'never' && pure.length > 0;
}
