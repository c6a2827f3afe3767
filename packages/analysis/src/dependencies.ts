import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import type { TaskId } from '@skein/model';
import type { Judge } from './judge.ts';
import { taskId, writeNames } from './leads.ts';
import type { Leads, MoreLeads, NameAt, Whole } from './leads.ts';
import { readReferences } from './reference-text.ts';
import type { Meaning, NameResolver } from './resolve-names.ts';
import { meaningKey } from './resolve-names.ts';
import type { Code, Reference } from './summary.ts';
import { USE } from './summary.ts';

export interface Dependencies {
  /** Covers the canonical text and what every free name in it means: swapped imports count. */
  readonly digest: Digest;
  readonly leads: Leads;
}

interface Draft {
  readonly module: string;
  readonly edges: Set<string>;
  readonly names: Map<string, NameAt>;
  readonly modules: Set<string>;
  readonly tasks: Map<TaskId, number>;
  readonly packages: Set<string>;
  readonly data: Set<string>;
  readonly wholes: Map<string, Whole>;
  forwards: boolean;
}

/** Finds what pieces of code lead to. */
export class Dependency {
  readonly #names: NameResolver;
  readonly #judge: Judge;

  constructor(names: NameResolver, judge: Judge) {
    this.#names = names;
    this.#judge = judge;
  }

  of(module: string, code: Code): Dependencies {
    const draft = newDraft(module, code.forwards);
    for (const it of readReferences(code.references)) this.#reference(draft, it);
    for (const specifier of code.requests) this.#request(draft, specifier);
    if (code.computedImport) this.#computed(draft);
    if (code.whole !== null) this.#wholeModule(draft, module, code.whole);
    const edges = [...draft.edges].sort();
    return { digest: digestOf('symbol', [code.hash, ...edges].join('\n')), leads: settle(draft) };
  }

  /** What a module leads to beside its pieces when it is taken whole: all that it imports. */
  whole(module: string): Leads {
    const draft = newDraft(module, false);
    for (const it of this.#names.module(module).summary.imports) {
      const meaning = this.#names.local(module, it.local);
      if (meaning !== null) this.#follow(draft, meaning, USE.value);
    }
    return settle(draft);
  }

  #reference(draft: Draft, reference: Reference): void {
    const meaning = this.#names.local(draft.module, reference.name);
    if (meaning === null) return;
    draft.edges.add(`${reference.name} = ${meaningKey(meaning)}`);
    if (meaning.kind !== 'namespace') return this.#follow(draft, meaning, reference.uses);
    if (reference.members === null) return this.#namespace(draft, meaning.module, 'used whole');
    for (const member of reference.members) {
      const found = this.#names.exported(meaning.module, member);
      const edge = found === null ? 'nothing' : meaningKey(found);
      draft.edges.add(`${reference.name}.${member} = ${edge}`);
      if (found?.kind === 'namespace') this.#namespace(draft, found.module, 'used whole');
      else if (found !== null) this.#follow(draft, found, USE.value);
    }
  }

  #follow(draft: Draft, meaning: Meaning, uses: number): void {
    switch (meaning.kind) {
      case 'item':
        return this.#item(draft, meaning, uses);
      case 'namespace':
        return this.#namespace(draft, meaning.module, 'used whole');
      case 'whole':
        return this.#wholeModule(draft, meaning.module, 'CommonJS');
      case 'package':
        draft.packages.add(meaning.path);
        return;
      case 'data':
        draft.data.add(meaning.path);
        return;
      case 'one-of':
        for (const it of meaning.meanings) this.#follow(draft, it, uses);
        return;
      default:
    }
  }

  #item(draft: Draft, meaning: Meaning & { kind: 'item' }, uses: number): void {
    const { module, name } = meaning;
    const { value } = this.#names.value(module, name);
    if (value.kind === 'task') {
      const id = taskId(module, name);
      draft.tasks.set(id, (draft.tasks.get(id) ?? 0) | uses);
      if (this.isCertain(module, value.environment)) return;
    } else if ((uses & USE.forward) !== 0 && value.kind !== 'function' && value.kind !== 'class') {
      draft.forwards = true;
    }
    draft.names.set(`${module}\n${name}`, { module, name });
  }

  /** Whether a declaration `x.task(…)` certainly declares a task (C3). */
  isCertain(module: string, environment: string | null): boolean {
    if (environment === null) return true;
    return this.#judge.isEnvironment(this.#names.local(module, environment));
  }

  #namespace(draft: Draft, module: string, reason: string): void {
    if (draft.wholes.has(module)) return;
    const { names, open } = this.#names.exportNames(module);
    // Placed first: a namespace may lead back to itself.
    draft.wholes.set(module, { module, reason, digest: digestOf('symbol', '') });
    const lines: string[] = [];
    for (const name of names) {
      const found = this.#names.exported(module, name);
      if (found === null) continue;
      lines.push(`${name} = ${meaningKey(found)}`);
      this.#follow(draft, found, USE.value);
    }
    for (const it of open) {
      if (it.kind === 'package') draft.packages.add(it.path);
      if ('specifier' in it) lines.push(`* = ${it.specifier}`);
    }
    draft.wholes.set(module, { module, reason, digest: digestOf('symbol', lines.join('\n')) });
    if (this.#names.module(module).summary.commonjs) this.#wholeModule(draft, module, 'CommonJS');
  }

  /** Every piece of a module: its code can be reached in a way that no name shows. */
  #wholeModule(draft: Draft, module: string, reason: string): void {
    draft.wholes.set(`${module}\n${reason}`, { module, reason, digest: null });
    draft.modules.add(module);
  }

  #request(draft: Draft, specifier: string): void {
    const target = this.#names.target(draft.module, specifier);
    const meant = target.kind === 'module' || target.kind === 'data' ? target.path : target.kind;
    draft.edges.add(`import(${specifier}) = ${meant}`);
    if (target.kind === 'module') this.#namespace(draft, target.path, 'imported at run time');
    if (target.kind === 'package') draft.packages.add(target.path);
    if (target.kind === 'data') draft.data.add(target.path);
  }

  #computed(draft: Draft): void {
    const { globs } = this.#names.module(draft.module);
    if (globs.length === 0) {
      return this.#wholeModule(draft, draft.module, 'import() of a computed specifier');
    }
    for (const path of this.#names.paths) {
      if (globs.some((it) => path.startsWith(it))) {
        this.#namespace(draft, path, 'imported at run time');
        draft.edges.add(`import(*) = ${path}`);
      }
    }
  }
}

function newDraft(module: string, forwards: boolean): Draft {
  return {
    module,
    edges: new Set(),
    names: new Map(),
    modules: new Set(),
    tasks: new Map(),
    packages: new Set(),
    data: new Set(),
    wholes: new Map(),
    forwards,
  };
}

function settle(draft: Draft): Leads {
  const names = writeNames(draft.module, draft.names.values());
  const { modules, tasks, packages, data, wholes, forwards } = draft;
  const sizes = [modules, tasks, packages, data, wholes].map((it) => it.size);
  if (!forwards && sizes.every((it) => it === 0)) return { names };
  const more: MoreLeads = {
    modules: [...modules],
    tasks: [...tasks],
    packages: [...packages],
    data: [...data],
    wholes: [...wholes.values()],
    forwards,
  };
  return { names, more };
}
