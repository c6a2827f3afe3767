import { relative, resolve } from 'node:path';
import type { Analysis } from '@skein/analysis';
import type { Change, CodePart, Failure, TaskDefinition, TaskId } from '@skein/model';
import type { AffectedReport, AffectedTask } from '@skein/view';
import { describeFromTo } from '@skein/view';
import { LockChanges } from './lock-changes.ts';
import { manifestChanges } from './manifest-changes.ts';
import type { PackageMembers } from './package-changes.ts';
import type { TreeState } from './tree-state.ts';

interface States {
  /** Root of the workspace itself. */
  readonly home: string;
  readonly before: TreeState;
  readonly now: TreeState;
}

/** Most packages that a warning names. */
const MOST_NAMED = 20;

/** Tasks of two states of the tree, compared entry by entry. A task may belong to several. */
export class AffectedTasks {
  readonly #states: States;
  readonly #locks: LockChanges | undefined;
  readonly #tasks = new Map<TaskId, AffectedTask>();
  readonly #seen = new Set<TaskId>();
  readonly #before = new Set<TaskId>();

  constructor(states: States) {
    this.#states = states;
    const { before, now } = states;
    const both = before.lock !== undefined && now.lock !== undefined;
    this.#locks = both ? new LockChanges(before.lock, now.lock) : undefined;
  }

  add(now: Analysis, before: Analysis): void {
    for (const { id } of before.tasks) this.#before.add(id);
    for (const task of now.tasks) {
      const old = before.manifests.get(task.id);
      if (old === undefined) this.#put(task, 'new');
      else this.#compare(task, [before, now]);
    }
  }

  addNew({ tasks }: Analysis): void {
    for (const it of tasks) this.#put(it, 'new');
  }

  /** Of an entry that is gone: its tasks are, unless another entry has them. */
  addGone({ tasks }: Analysis): void {
    for (const { id } of tasks) this.#before.add(id);
  }

  addUnknown({ tasks }: Analysis): void {
    for (const it of tasks) this.#put(it, 'unknown');
  }

  report(): Pick<AffectedReport, 'tasks' | 'gone' | 'unchanged'> {
    return {
      tasks: [...this.#tasks.values()],
      gone: [...this.#before].filter((it) => !this.#seen.has(it)).sort(),
      unchanged: this.#seen.size - this.#tasks.size,
    };
  }

  /** Packages that were others with the base. */
  warnings(base: string): readonly Failure[] {
    const changes = this.#locks?.all() ?? [];
    if (changes.length === 0) return [];
    const named = changes.slice(0, MOST_NAMED);
    const more = changes.length - named.length;
    return [
      {
        code: 'lockfile-differs',
        kind: 'warning',
        headline: `the lock file of "${base}" has other versions of packages`,
        facts: [
          ...named.map((it) => [it.name, describeFromTo(it)] as const),
          ...(more > 0 ? [['…', `${more} more`] as const] : []),
        ],
        hint: 'they count as changed where tasks use them; their files are those installed now',
      },
    ];
  }

  #compare(task: TaskDefinition, [before, now]: readonly [Analysis, Analysis]): void {
    const old = this.#partsOf(before, task.id, this.#states.before.root);
    const own = this.#partsOf(now, task.id, this.#states.now.root);
    const isSame = before.manifests.get(task.id)?.digest === now.manifests.get(task.id)?.digest;
    const membersOf: PackageMembers = (part) =>
      before.packageClosure(part) ?? now.packageClosure(part);
    const code = isSame ? [] : manifestChanges(old, own, membersOf);
    const changes = [...code, ...this.#lockChanges(own, code)];
    if (changes.length > 0) this.#put(task, 'changed', changes);
    else this.#seen.add(task.id);
  }

  #lockChanges(parts: readonly CodePart[], known: readonly Change[]): readonly Change[] {
    const found = new Map<string, Change>();
    for (const part of parts) {
      if (part.kind !== 'package') continue;
      for (const it of this.#locks?.of(part.name, part.version) ?? []) found.set(it.name, it);
    }
    for (const it of known) if (it.kind === 'package') found.delete(it.name);
    return [...found.values()];
  }

  /** Files of packages are called by where they lie from the workspace, in both states. */
  #partsOf(analysis: Analysis, task: TaskId, root: string): readonly CodePart[] {
    const parts = analysis.manifests.get(task)?.parts ?? [];
    return parts.map((it) => {
      if (!('module' in it) || !it.module.startsWith('../')) return it;
      return { ...it, module: relative(this.#states.home, resolve(root, it.module)) };
    });
  }

  #put(
    { id, module }: TaskDefinition,
    status: AffectedTask['status'],
    changes: readonly Change[] = [],
  ): void {
    this.#seen.add(id);
    const known = this.#tasks.get(id);
    const all = [...(known?.changes ?? []), ...changes];
    const once = new Map(all.map((it) => [JSON.stringify(it), it]));
    const first = known?.status ?? status;
    this.#tasks.set(id, { task: id, module, status: first, changes: [...once.values()] });
  }
}
