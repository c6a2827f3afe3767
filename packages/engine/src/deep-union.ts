import { subjectOf } from '@skein/model';
import type {
  DeepSummary,
  PlainObservation,
  SummaryAge,
  SummaryTask,
  TaskId,
  Trace,
} from '@skein/model';
import { termsOf } from './deep-terms.ts';
import type { Branch, DeepCall } from './deep-tree.ts';

/** What a tree comes to, added up branch by branch; nothing in it is twice. */
export class DeepUnion {
  /** Actions beneath the root, and the root. */
  actions = 0;
  #spoiled = false;
  /** A summary beneath knows actions that no branch tells of. */
  #isOpaque = false;
  readonly #tasks = new Map<string, MutableTask>();
  readonly #observations = new Map<string, PlainObservation>();
  readonly #rivals: Trace[] = [];
  readonly #logged = new Set<string>();

  add(branch: Branch, isRoot: boolean): void {
    const { call, trace, summary } = branch;
    this.#spoiled ||= branch.spoiled;
    if (call !== undefined) this.actions += 1;
    for (const seen of branch.plain) this.#observe(seen);
    for (const rival of branch.rivals) this.#rivals.push(rival);
    for (const name of branch.logged) this.#logged.add(name);
    if (call === undefined) return;
    if (trace !== undefined && !isRoot) this.#addTask(call, { actions: 1, ...ageOf(trace) });
    if (summary !== undefined) this.#addSummary(call, summary);
  }

  spoil(): void {
    this.#spoiled = true;
  }

  get hasLogged(): boolean {
    return this.#logged.size > 0;
  }

  /**
   * The summary of a tree whose branches were all added; `undefined`: none can be kept. `hidden`:
   * a call in a log has no branch, but may be beneath what a summary told of.
   */
  conclude(root: Branch, names: ReadonlySet<string>): DeepSummary | 'hidden' | undefined {
    const { trace } = root;
    if (trace?.outcome.kind !== 'result' || this.#spoiled) return undefined;
    if (!this.#rivals.every((rival) => this.#contradicts(rival))) return undefined;
    const foreign = [...this.#logged].some((name) => !names.has(name));
    if (foreign) return this.#isOpaque ? 'hidden' : undefined;
    return {
      outcome: trace.outcome,
      root: ageOf(trace),
      tasks: [...this.#tasks.values()],
      observations: [...this.#observations.values()],
    };
  }

  /** One thing that was seen in two states cannot be in both now. */
  #observe(seen: PlainObservation): void {
    const name = subjectOf(seen);
    const known = this.#observations.get(name);
    if (known === undefined) this.#observations.set(name, seen);
    else if (known.digest !== seen.digest) this.#spoiled = true;
  }

  /** As long as what was observed holds, the rival's trace does not. */
  #contradicts(rival: Trace): boolean {
    return rival.waves.flat().some((seen) => {
      if (seen.kind === 'call' || seen.kind === 'map') return false;
      const known = this.#observations.get(subjectOf(seen));
      return known !== undefined && known.digest !== seen.digest;
    });
  }

  #addSummary(call: DeepCall, summary: DeepSummary): void {
    this.#isOpaque = true;
    this.#addTask(call, { actions: 1, ...summary.root });
    for (const beneath of summary.tasks) {
      this.actions += beneath.actions;
      this.#merge(nameOfTask(beneath.task, beneath.override), beneath);
    }
    for (const seen of summary.observations) this.#observe(seen);
  }

  #addTask(call: DeepCall, age: SummaryAge & { readonly actions: number }): void {
    const { id: task, override } = call;
    const terms = termsOf(call.task);
    this.#merge(call.task.identity, {
      task,
      ...(override === undefined ? {} : { override }),
      terms,
      ...age,
    });
  }

  #merge(name: string, more: SummaryTask): void {
    const known = this.#tasks.get(name);
    if (known === undefined) {
      this.#tasks.set(name, { ...more });
      return;
    }
    if (known.terms !== more.terms) this.#spoiled = true;
    known.actions += more.actions;
    known.oldestAt = Math.min(known.oldestAt, more.oldestAt);
    known.newestAt = Math.max(known.newestAt, more.newestAt);
    known.impure ||= more.impure;
  }
}

type MutableTask = { -readonly [Field in keyof SummaryTask]: SummaryTask[Field] };

function ageOf({ at, impurities }: Trace): SummaryAge {
  return { oldestAt: at, newestAt: at, impure: impurities.length > 0 };
}

/** As `PreparedTask.identity` has it. */
function nameOfTask(task: TaskId, override: Uint8Array | undefined): string {
  return override === undefined ? task : `${task}|${Buffer.from(override).toString('hex')}`;
}
