import { digestOf, packDigests, unpackDigests } from '@skein/values';
import type { Analysis, PackageMember } from '@skein/analysis';
import {
  type PreparedTask,
  actionKey,
  keyInputs,
  keyPrefix,
  parameterName,
  withOmitted,
} from '@skein/engine';
import type { ActionKey, Change, Reason, RunEvent, TaskId } from '@skein/model';
import type { TraceStore } from '@skein/store';
import { readPackage } from './code-record.ts';
import { keyChanges } from './key-changes.ts';
import { type LastExecutions, type Variant, readLast, storeLast } from './last-executions.ts';
import { type InputList, changesFromNearest } from './nearest-inputs.ts';
import type { PackageMembers, PackagePart } from './package-changes.ts';

/** Each task's first misses are compared with earlier inputs; beyond them it would take long. */
const COMPARED_MISSES = 20;
/** Larger values are not decoded while a run waits. */
const COMPARED_BYTES = 256 * 1024;
/** Distinct input lists that are remembered of a task, the newest. */
const REMEMBERED = 64;

/** Kind of the notes on executions that left no trace, by action key. */
export const UNTRACED = 'untraced';

export type HistoryCode = Pick<Analysis, 'manifests' | 'packageClosure'>;
export type HistoryStore = Pick<TraceStore, 'keep' | 'kept' | 'lookUp' | 'valueOf'>;

/**
 * Says why a task misses, by what its key was made of when it last executed. One object serves
 * one run: it is told of what finishes, and `close` makes that what the next run compares with.
 */
export class History {
  readonly #store: HistoryStore;
  readonly #code: HistoryCode;
  readonly #tasks = new Map<TaskId, TaskHistory>();

  constructor(store: HistoryStore, code: HistoryCode) {
    this.#store = store;
    this.#code = code;
  }

  /** `args`: the inputs' bytes where they are at hand; new ones are in no store yet. */
  explain(
    task: PreparedTask,
    inputs: InputList,
    args: readonly (Uint8Array | null)[] = [],
  ): Reason {
    const history = this.#of(task.id);
    const { before, changes } = history.compare(task, this.#variant(task));
    if (task.forced) return { kind: 'forced' };
    if (before === undefined) return { kind: 'never-executed' };
    const key = earlierKey(before, inputs);
    if (changes.length === 0) return this.#unknownInputs(history, { task, inputs, args, key });
    if (!history.mayCompare() || this.#wasExecuted(key)) return { kind: 'key-changed', changes };
    const inputChanges = this.#nearest(history, { task, inputs, args }) ?? [];
    return { kind: 'key-changed', changes: [...changes, ...inputChanges] };
  }

  /** Somebody else had made a result of it: what its key is made of now is what was last. */
  taken(task: PreparedTask): void {
    this.#of(task.id).taken(task, () => this.#variant(task));
  }

  /** Told of every event of the run: what executed, and what left no trace. */
  observe(event: RunEvent): void {
    if (event.kind !== 'action-finished' || event.verdict.kind !== 'execute') return;
    const { key, untraced } = event;
    this.#of(event.task).executed(event.inputs.map(({ digest }) => digest));
    if (key === null) return;
    if (untraced !== undefined) this.#store.keep(UNTRACED, key, Buffer.from(untraced));
    else if (this.#untraced(key) !== undefined) this.#store.keep(UNTRACED, key, NOTHING);
  }

  close(): void {
    for (const [task, history] of this.#tasks) {
      const last = history.last();
      if (last !== undefined) storeLast(this.#store, task, last);
    }
  }

  #of(task: TaskId): TaskHistory {
    const known = this.#tasks.get(task);
    if (known !== undefined) return known;
    const history = new TaskHistory(readLast(this.#store, task), (part) => this.#membersOf(part));
    this.#tasks.set(task, history);
    return history;
  }

  #membersOf(part: PackagePart): readonly PackageMember[] | undefined {
    return readPackage(this.#store, part.digest) ?? this.#code.packageClosure(part);
  }

  #variant(task: PreparedTask): Variant {
    const parts = this.#code.manifests.get(task.id)?.parts ?? [];
    const { identity, base, parameters, rest, ignored } = task;
    return { identity, base, parts, signature: { parameters, rest, ignored: [...ignored] } };
  }

  /** The key is made of the same but the inputs: they are new, or left nothing behind. */
  #unknownInputs(history: TaskHistory, miss: Miss & { readonly key: ActionKey }): Reason {
    const why = this.#untraced(miss.key);
    if (why !== undefined) return { kind: 'untraced', why };
    if (!history.mayCompare()) return { kind: 'new-inputs' };
    const changes = this.#nearest(history, miss);
    return changes === undefined ? { kind: 'new-inputs' } : { kind: 'key-changed', changes };
  }

  #untraced(key: ActionKey): string | undefined {
    const kept = this.#store.kept(UNTRACED, key);
    return kept === undefined || kept.length === 0 ? undefined : Buffer.from(kept).toString();
  }

  #wasExecuted(key: ActionKey): boolean {
    return this.#untraced(key) !== undefined || this.#store.lookUp(key).length > 0;
  }

  #nearest(history: TaskHistory, { task, inputs, args }: Miss): readonly Change[] | undefined {
    const given = new Map(inputs.map((digest, index) => [digest, args[index] ?? undefined]));
    return changesFromNearest({
      known: history.earlierInputs(),
      now: inputs,
      nameOf: (index) => parameterName(task, index),
      bytesOf: (digest) => given.get(digest) ?? this.#store.valueOf(digest),
      ignored: task.ignored,
      single: history.isSingle(),
      maxBytes: COMPARED_BYTES,
    });
  }
}

interface Miss {
  readonly task: PreparedTask;
  readonly inputs: InputList;
  readonly args: readonly (Uint8Array | null)[];
}

/** The key of a call as it was before. */
function earlierKey({ base, signature }: Variant, inputs: InputList): ActionKey {
  const task = { ...signature, ignored: new Set(signature.ignored) };
  return actionKey(keyPrefix(base), keyInputs(task, withOmitted(task, inputs)));
}

const NOTHING = new Uint8Array(0);

interface Comparison {
  /** What is compared with; `undefined`: nothing is known of the task. */
  readonly before: Variant | undefined;
  readonly changes: readonly Change[];
}

/** One task's past, and what of it this run adds. */
class TaskHistory {
  readonly #past: LastExecutions | undefined;
  readonly #membersOf: PackageMembers;
  readonly #compared = new Map<string, Comparison>();
  readonly #variants = new Map<string, Variant>();
  /** Packed, in the order in which they were executed last. */
  readonly #executed = new Map<string, Uint8Array>();
  #executions = 0;
  #taken = false;
  #misses = 0;

  constructor(past: LastExecutions | undefined, membersOf: PackageMembers) {
    this.#past = past;
    this.#membersOf = membersOf;
  }

  compare(task: PreparedTask, now: Variant): Comparison {
    const name = `${now.identity}\n${task.prefix}`;
    const known = this.#compared.get(name);
    if (known !== undefined) return known;
    this.#variants.set(now.identity, now);
    const past = this.#past?.variants ?? [];
    const before = past.find(({ identity }) => identity === now.identity) ?? past[0];
    const changes = before === undefined ? [] : keyChanges(before, now, this.#membersOf);
    const comparison = { before, changes };
    this.#compared.set(name, comparison);
    return comparison;
  }

  taken(task: PreparedTask, variant: () => Variant): void {
    this.#taken = true;
    if (!this.#variants.has(task.identity)) this.#variants.set(task.identity, variant());
  }

  mayCompare(): boolean {
    this.#misses += 1;
    return this.#misses <= COMPARED_MISSES;
  }

  earlierInputs(): readonly InputList[] {
    return (this.#past?.inputs ?? []).map((packed) => unpackDigests(packed));
  }

  isSingle(): boolean {
    return this.#past?.single === true && this.#misses === 1;
  }

  executed(inputs: InputList): void {
    const packed = packDigests(inputs);
    const name = digestOf('inputs', packed);
    this.#executions += 1;
    this.#executed.delete(name);
    this.#executed.set(name, packed);
    const [oldest] = this.#executed.keys();
    if (this.#executed.size > REMEMBERED && oldest !== undefined) this.#executed.delete(oldest);
  }

  /** What the next run compares with; `undefined`: nothing of the task executed, or was taken. */
  last(): LastExecutions | undefined {
    const isKnown = this.#executions > 0 || this.#taken;
    if (!isKnown || this.#variants.size === 0) return undefined;
    const identities = new Set(this.#variants.keys());
    const others = (this.#past?.variants ?? []).filter((one) => !identities.has(one.identity));
    const names = new Set(this.#executed.keys());
    const earlier = (this.#past?.inputs ?? []).filter(
      (packed) => !names.has(digestOf('inputs', packed)),
    );
    return {
      variants: [...[...this.#variants.values()].toReversed(), ...others],
      inputs: [...[...this.#executed.values()].toReversed(), ...earlier].slice(0, REMEMBERED),
      single: this.#executions <= 1 && (this.#past?.single ?? true),
    };
  }
}
