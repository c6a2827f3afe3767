import type { CheckpointId, CodePart, TaskId } from '@skein/model';
import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import { reachedFrom } from './closure.ts';
import type { Closure } from './closure.ts';
import type { Effect, Evaluation } from './effects.ts';
import { EvaluationOrder } from './evaluation-order.ts';
import { ManifestDigests } from './manifest-digest.ts';
import type { InstalledPackage } from './packages.ts';
import { Parts } from './parts.ts';
import type { LinkedTask, Program } from './program.ts';
import { USE } from './summary.ts';
import { withThrownClasses } from './thrown-classes.ts';

export interface ManifestRequest {
  readonly program: Program;
  readonly tasks: readonly LinkedTask[];
  readonly checkpoints: readonly LinkedTask[];
  readonly evaluation: Evaluation;
  /** Settings that are part of every task's code. */
  readonly settings: readonly CodePart[];
  /** The package of a file, both relative to the root. */
  readonly packageOf: (file: string) => InstalledPackage;
  readonly dataDigest: (path: string) => Digest;
}

/** A manifest by the numbers of its parts. */
export interface LinkedManifest {
  readonly task: TaskId;
  readonly digest: Digest;
  readonly parts: readonly number[];
}

export interface LinkedManifests {
  readonly manifests: readonly LinkedManifest[];
  readonly parts: Parts;
  readonly closures: ReadonlyMap<TaskId, Closure>;
  /** What the effects reach, which counts for every task. */
  readonly always: Closure;
  /** Digest of each checkpoint's own code, made as those of tasks are (R4). */
  readonly checkpoints: readonly (readonly [CheckpointId, Digest])[];
  /** Tasks whose code each task may run by `.forward`. */
  readonly forwards: ReadonlyMap<TaskId, readonly TaskId[]>;
}

/** Makes the code manifest of every task (C1–C7). */
export function makeManifests(request: ManifestRequest): LinkedManifests {
  const { tasks, program, evaluation } = request;
  const { confined } = evaluation;
  const plain = new Map<TaskId, Closure>();
  const declared = [...tasks, ...request.checkpoints];
  for (const { id, module, piece } of declared) {
    const start = { module, code: piece.root ?? piece.code };
    plain.set(id, reachedFrom(program, [start], confined));
  }
  const closures = withThrownClasses(plain, program, confined);
  const writer = new ManifestWriter(request);
  const base = new Map<TaskId, readonly number[]>();
  for (const task of declared) {
    const closure = closures.get(task.id);
    if (closure !== undefined) base.set(task.id, writer.partsOf(task, closure));
  }
  const forwards = forwardEdges(closures, writer.always);
  const digests = new ManifestDigests(writer.parts);
  const own = new OwnDigests(digests, base);
  const manifestOf = ({ id }: LinkedTask): LinkedManifest => {
    const forwarded = (forwards.get(id) ?? []).map((it) =>
      writer.parts.add(forwardPart(it, own, forwards)),
    );
    if (forwarded.length === 0) return { task: id, digest: own.of(id), parts: base.get(id) ?? [] };
    const all = [...(base.get(id) ?? []), ...forwarded];
    return { task: id, digest: digests.of(all), parts: all };
  };
  const manifests = tasks.map(manifestOf);
  const checkpoints = request.checkpoints.map((it) => {
    const { digest } = manifestOf(it);
    closures.delete(it.id);
    forwards.delete(it.id);
    return [it.id as string as CheckpointId, digest] as const;
  });
  const { always, parts } = writer;
  return { manifests, checkpoints, parts, closures, always, forwards };
}

/** Digests of tasks without what they forward to. */
class OwnDigests {
  readonly #digests: ManifestDigests;
  readonly #base: ReadonlyMap<TaskId, readonly number[]>;
  readonly #known = new Map<TaskId, Digest>();

  constructor(digests: ManifestDigests, base: ReadonlyMap<TaskId, readonly number[]>) {
    this.#digests = digests;
    this.#base = base;
  }

  of(id: TaskId): Digest {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const digest = this.#digests.of(this.#base.get(id) ?? []);
    this.#known.set(id, digest);
    return digest;
  }
}

/**
 * C3: `.forward` runs the other task's code in this one. Its digest covers the own parts of every
 * task that is reached by forwarding, so that tasks that forward to one another have one too.
 */
function forwardPart(
  id: TaskId,
  own: OwnDigests,
  forwards: ReadonlyMap<TaskId, readonly TaskId[]>,
): CodePart {
  const reached = new Set([id]);
  for (const it of reached) for (const next of forwards.get(it) ?? []) reached.add(next);
  const lines = [...reached].sort().map((it) => `${it} ${own.of(it)}`);
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

class ManifestWriter {
  readonly parts: Parts;
  /** What the effects reach, which counts for every task. */
  readonly always: Closure;
  readonly #request: ManifestRequest;
  readonly #order: EvaluationOrder;
  readonly #effectParts: readonly number[];
  readonly #acting: ReadonlySet<number>;
  readonly #settings: readonly number[];
  /** Where each piece is in the order of all manifests; none for what is an effect as a whole. */
  readonly #ranks: Int32Array;
  /** How many symbols there are. */
  readonly #symbols: number;

  constructor(request: ManifestRequest) {
    const { program, evaluation } = request;
    this.#request = request;
    this.parts = new Parts(program);
    this.#order = new EvaluationOrder(program, evaluation);
    this.#settings = request.settings.map((it) => this.parts.add(it));
    this.#acting = new Set(evaluation.effects.map((it) => it.piece));
    this.#effectParts = evaluation.effects.map((it) => this.#effectPart(it));
    this.always = reachedFrom(program, evaluation.effects, evaluation.confined);
    this.#ranks = program.ranks().slice();
    this.#symbols = program.order().length;
    for (const { piece, code } of evaluation.effects) {
      if (code === program.piece(piece).code) this.#ranks[piece] = -1;
    }
  }

  #effectPart({ module, code }: Effect): number {
    const { path } = this.#request.program.module(module);
    return this.parts.add({ kind: 'effect', module: path, digest: code.digest }, code);
  }

  /** The parts of one task without what it forwards to, in the order of the digest. */
  partsOf(task: LinkedTask, closure: Closure): number[] {
    const { piece, name } = task;
    const { program } = this.#request;
    const root = piece.root ?? piece.code;
    const { path: module } = program.module(task.module);
    const own: CodePart = { kind: 'symbol', module, name, digest: root.digest };
    return [
      ...this.#settings,
      this.parts.add(own, root),
      ...this.#reached(closure),
      ...this.#wholes(closure),
      ...this.#data(closure),
      ...this.#packages(closure),
      ...this.#tasks(closure),
      ...this.#effectParts,
      ...this.#orderPart(closure),
    ];
  }

  /** Numbers of the symbols, ascending. */
  #reached({ pieces }: Closure): number[] {
    const reached = new Uint8Array(this.#symbols);
    for (const it of pieces) this.#mark(reached, it);
    for (const it of this.always.pieces) this.#mark(reached, it);
    const numbers: number[] = [];
    for (let at = 0; at < reached.length; at++) if (reached[at] === 1) numbers.push(at);
    return numbers;
  }

  #mark(reached: Uint8Array, piece: number): void {
    const rank = this.#ranks[piece] ?? -1;
    if (rank >= 0) reached[rank] = 1;
  }

  #wholes(closure: Closure): number[] {
    const all = new Map([...closure.wholes, ...this.always.wholes]);
    const { program } = this.#request;
    return [...all.values()]
      .map(({ module, reason, digest }) => {
        const covered = digest ?? program.module(program.index(module)).emitted;
        return { kind: 'module' as const, module, reason, digest: covered };
      })
      .sort(byText)
      .map((it) => this.parts.add(it));
  }

  #data(closure: Closure): number[] {
    return [...new Set([...closure.data, ...this.always.data])]
      .sort()
      .map((module) =>
        this.parts.add({ kind: 'data', module, digest: this.#request.dataDigest(module) }),
      );
  }

  #packages(closure: Closure): number[] {
    const { evaluation } = this.#request;
    const packages = new Map<string, CodePart>();
    for (const file of [...closure.packages, ...this.always.packages, ...evaluation.bare]) {
      const { name, version, digest } = this.#request.packageOf(file);
      packages.set(digest, { kind: 'package', name, version, digest });
    }
    return [...packages.values()].sort(byText).map((it) => this.parts.add(it));
  }

  #tasks(closure: Closure): number[] {
    return [...new Set([...closure.tasks.keys(), ...this.always.tasks.keys()])]
      .sort()
      .map((id) => this.parts.add({ kind: 'task', id }));
  }

  #orderPart({ pieces }: Closure): number[] {
    const value = this.#order.of(
      (it) => pieces.has(it) || this.always.pieces.has(it) || this.#acting.has(it),
    );
    if (value === null) return [];
    return [this.parts.add({ kind: 'setting', name: 'order of evaluation', value })];
  }
}

function byText(a: CodePart, b: CodePart): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
