import type { CodeManifest, CodePart, TaskId } from '@skein/model';
import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import { reachedFrom } from './closure.ts';
import type { Closure } from './closure.ts';
import type { Dependency, ItemAt } from './dependencies.ts';
import type { Effect, Evaluation } from './effects.ts';
import type { EvaluationOrder } from './evaluation-order.ts';
import type { Judge } from './judge.ts';
import type { InstalledPackage } from './packages.ts';
import type { Item, Span } from './summary.ts';
import { USE } from './summary.ts';
import { withThrownClasses } from './thrown-classes.ts';
import { BEHAVIOUR_VERSION } from './settings.ts';

/** A task as the linker found it. */
export interface LinkedTask {
  readonly id: TaskId;
  readonly module: string;
  readonly name: string;
  readonly item: Item;
}

/** Where the emitted text of a part stands. */
export interface PartText extends Span {
  readonly module: string;
}

export interface ManifestRequest {
  readonly tasks: readonly LinkedTask[];
  readonly dependency: Dependency;
  readonly judge: Judge;
  readonly evaluation: Evaluation;
  readonly order: EvaluationOrder;
  /** The package of a file, both relative to the root. */
  packageOf(file: string): InstalledPackage;
  dataDigest(path: string): Digest;
}

export interface LinkedManifests {
  readonly manifests: ReadonlyMap<TaskId, CodeManifest>;
  readonly texts: ReadonlyMap<Digest, PartText>;
  readonly closures: ReadonlyMap<TaskId, Closure>;
}

/** Makes the code manifest of every task (C1–C7). */
export function makeManifests(request: ManifestRequest): LinkedManifests {
  const { tasks, dependency, evaluation, judge } = request;
  const { confined } = evaluation;
  const plain = new Map<TaskId, Closure>();
  for (const { id, module, item } of tasks) {
    const start = { module, code: item.root ?? item };
    plain.set(id, reachedFrom(dependency, [start], confined));
  }
  const closures = withThrownClasses(plain, { dependency, judge, confined });
  const writer = new ManifestWriter(request, [...closures.values()]);
  const base = new Map<TaskId, readonly CodePart[]>();
  for (const task of tasks) {
    const closure = closures.get(task.id);
    if (closure !== undefined) base.set(task.id, writer.parts(task, closure));
  }
  const forwards = forwardEdges(closures, writer.always);
  const manifests = new Map<TaskId, CodeManifest>();
  for (const { id } of tasks) {
    const parts = base.get(id) ?? [];
    const forwarded = (forwards.get(id) ?? []).map((it) => forwardPart(it, base, forwards));
    const all = [...parts, ...forwarded];
    manifests.set(id, { task: id, digest: manifestDigest(all), parts: all });
  }
  return { manifests, texts: writer.texts, closures };
}

const lines = new WeakMap<CodePart, string>();

function lineOf(part: CodePart): string {
  const known = lines.get(part);
  if (known !== undefined) return known;
  const line = JSON.stringify(part);
  lines.set(part, line);
  return line;
}

function manifestDigest(parts: readonly CodePart[]): Digest {
  return digestOf('code', parts.map(lineOf).join('\n'));
}

/**
 * C3: `.forward` runs the other task's code in this one. Its digest covers the own parts of every
 * task that is reached by forwarding, so that tasks that forward to one another have one too.
 */
function forwardPart(
  id: TaskId,
  base: ReadonlyMap<TaskId, readonly CodePart[]>,
  forwards: ReadonlyMap<TaskId, readonly TaskId[]>,
): CodePart {
  const reached = new Set([id]);
  for (const it of reached) for (const next of forwards.get(it) ?? []) reached.add(next);
  const lines = [...reached].sort().map((it) => `${it} ${manifestDigest(base.get(it) ?? [])}`);
  return { kind: 'forward', id, digest: digestOf('code', lines.join('\n')) };
}

const FORWARDS = USE.forward | USE.computed;
const ESCAPES = USE.value | USE.computed;

/**
 * Which tasks each task forwards to. In doubt: every task that it refers to, and every one that
 * is handed about as a value, since an argument may be such a task.
 */
function forwardEdges(
  closures: ReadonlyMap<TaskId, Closure>,
  always: Closure,
): Map<TaskId, readonly TaskId[]> {
  const handed = [...closures.values(), always].flatMap(({ tasks }) =>
    [...tasks].flatMap(([id, uses]) => ((uses & ESCAPES) === 0 ? [] : [id])),
  );
  const edges = new Map<TaskId, readonly TaskId[]>();
  for (const [id, closure] of closures) {
    const found = new Set(closure.forwards ? handed : []);
    for (const [to, uses] of closure.tasks) {
      if (closure.forwards || (uses & FORWARDS) !== 0) found.add(to);
    }
    edges.set(id, [...found].filter((it) => closures.has(it)).sort());
  }
  return edges;
}

interface KeyedPart {
  readonly item: Item;
  readonly key: string;
  readonly part: CodePart;
}

class ManifestWriter {
  readonly texts = new Map<Digest, PartText>();
  /** What the effects reach, which counts for every task. */
  readonly always: Closure;
  readonly #request: ManifestRequest;
  readonly #effectParts: readonly CodePart[];
  readonly #effectItems: ReadonlySet<Item>;
  /** Every reached symbol once, in the order of all manifests, and where each item is in it. */
  readonly #symbols: readonly CodePart[];
  readonly #ranks = new Map<Item, number>();

  constructor(request: ManifestRequest, closures: readonly Closure[]) {
    this.#request = request;
    const { effects, confined } = request.evaluation;
    this.#effectItems = new Set(effects.flatMap((it) => (it.code === it.item ? [it.item] : [])));
    this.#effectParts = effects.map((it) => this.#effectPart(it));
    this.always = reachedFrom(request.dependency, effects, confined);
    this.#symbols = this.#rankSymbols([...closures, this.always]);
  }

  #effectPart({ module, code }: Effect): CodePart {
    const { digest } = this.#request.dependency.of(module, code);
    this.texts.set(digest, { module, ...code.text });
    return { kind: 'effect', module, digest };
  }

  /** The parts of one task without what it forwards to, in the order of the digest. */
  parts(task: LinkedTask, closure: Closure): CodePart[] {
    const { item, module, name } = task;
    const { dependency, evaluation } = this.#request;
    const { always } = this;
    const root = item.root ?? item;
    const { digest } = dependency.of(module, root);
    this.texts.set(digest, { module, ...root.text });
    const packages = new Map<string, CodePart>();
    for (const file of [...closure.packages, ...always.packages, ...evaluation.bare]) {
      const found = this.#request.packageOf(file);
      const { name: packageName, version, digest: packageDigest } = found;
      packages.set(packageDigest, {
        kind: 'package',
        name: packageName,
        version,
        digest: packageDigest,
      });
    }
    const data = [...new Set([...closure.data, ...always.data])].sort();
    const tasks = [...new Set([...closure.tasks.keys(), ...always.tasks.keys()])].sort();
    return [
      { kind: 'setting', name: 'skein', value: BEHAVIOUR_VERSION },
      { kind: 'symbol', module, name, digest },
      ...this.#reached(closure),
      ...this.#wholes(closure),
      ...data.map((it) => ({
        kind: 'data' as const,
        module: it,
        digest: this.#request.dataDigest(it),
      })),
      ...[...packages.values()].sort(byText),
      ...tasks.map((id) => ({ kind: 'task' as const, id })),
      ...this.#effectParts,
      ...this.#orderPart(closure),
    ];
  }

  #orderPart(closure: Closure): CodePart[] {
    const { order, evaluation } = this.#request;
    const effects = evaluation.effects.map((it) => it.item);
    const value = order.of([...closure.items.keys(), ...this.always.items.keys(), ...effects]);
    return value === null ? [] : [{ kind: 'setting', name: 'order of evaluation', value }];
  }

  /** Sorted once for all tasks: by module, name, digest. */
  #rankSymbols(closures: readonly Closure[]): CodePart[] {
    const reached = new Map<Item, ItemAt>();
    for (const { items } of closures) {
      for (const [item, at] of items) if (!this.#effectItems.has(item)) reached.set(item, at);
    }
    const keyed = [...reached.values()].map((at) => this.#keyed(at));
    keyed.sort((a, b) => compare(a.key, b.key));
    const parts: CodePart[] = [];
    let last = '';
    for (const { item, key, part } of keyed) {
      if (key !== last) parts.push(part);
      last = key;
      this.#ranks.set(item, parts.length - 1);
    }
    return parts;
  }

  #keyed({ module, item }: ItemAt): KeyedPart {
    const { digest } = this.#request.dependency.of(module, item);
    const name = item.names.length > 0 ? item.names.join(', ') : item.adds.join(', ');
    this.texts.set(digest, { module, ...item.text });
    const part: CodePart = { kind: 'symbol', module, name, digest };
    return { item, key: `${module}\0${name}\0${digest}`, part };
  }

  #reached(closure: Closure): CodePart[] {
    const ranks = new Set<number>();
    for (const { items } of [closure, this.always]) {
      for (const item of items.keys()) {
        const rank = this.#ranks.get(item);
        if (rank !== undefined) ranks.add(rank);
      }
    }
    return [...Uint32Array.from(ranks).sort()].flatMap((rank) => this.#symbols[rank] ?? []);
  }

  #wholes(closure: Closure): CodePart[] {
    const all = new Map([...closure.wholes, ...this.always.wholes]);
    return [...all.values()].map((it) => ({ kind: 'module' as const, ...it })).sort(byText);
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function byText(a: CodePart, b: CodePart): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
