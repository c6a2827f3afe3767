import type { ActionKey, DeepSummary } from '@skein/model';
import { encodeSummary } from '@skein/model';
import { type GenerationMark, isSameMark } from '@skein/store';
import type { RunFrame } from './frame.ts';
import { type Branch, type DeepCall, type DeepKnown, DeepTree, nameOf } from './deep-tree.ts';
import { DeepUnion } from './deep-union.ts';

/** What is to be kept, and on what terms. */
export interface Keeping {
  /** Actions that executed, or were found by a walk, and call others; callers after their calls. */
  readonly candidates: readonly DeepCall[];
  /** What summaries answered, and on which traces the candidates stand. */
  readonly known: DeepKnown;
  /** From before anything of that was looked at. */
  readonly since: GenerationMark;
  /** A summary answers for so many actions at least. */
  readonly from: number;
}

/** A tree is bounded work: steps, in multiples of its branches, and a little more. */
const STEPS_PER_BRANCH = 8;
const MORE_STEPS = 10_000;

/** Each larger summary on a path answers for so many times the actions of the one below it. */
const GROWTH = 2;

/** Above this a summary would cost more than it saves. */
const OBSERVATIONS_MAX = 100_000;

/**
 * Keeps deep summaries of what a run has executed or walked (T6), once nothing of it goes on: that
 * costs no action anything. Traces that went through the run's hands are not read again, the
 * others a level of the tree by one query.
 * Topmost actions come first. Beneath them only those that have twice the actions of the largest
 * one below them get a summary, so that fifty callers one inside the other, with ten thousand
 * actions at the bottom, cost two of them and not fifty.
 */
export async function keepSummaries(frame: RunFrame, keeping: Keeping): Promise<void> {
  const hidden = await keepOnce(frame, keeping);
  if (hidden)
    await keepOnce(frame, { ...keeping, known: { ...keeping.known, summaries: new Map() } });
}

async function keepOnce(frame: RunFrame, keeping: Keeping): Promise<boolean> {
  const { candidates } = keeping;
  const since = frame.traces.generation(frame.run);
  // Somebody else raised it during the run: what was looked up then says nothing about now.
  const isSame = isSameMark(since, keeping.since);
  const known = isSame ? keeping.known : { ...keeping.known, traces: NONE };
  const valid = [...known.summaries].filter(([key]) => frame.traces.summaryOf(key) !== undefined);
  const tree = new DeepTree(frame, { ...known, summaries: new Map(valid) });
  await tree.grow(candidates);
  const harvest = new Harvest(tree, keeping.from);
  harvest.tops(candidates.map(nameOf).toReversed());
  harvest.others();
  for (const [key, summary] of harvest.summaries) {
    frame.traces.keepSummary(key, encodeSummary(summary), since);
  }
  return harvest.hidden;
}

const NONE: DeepKnown['traces'] = new Map();

/** Which branches get a summary. */
class Harvest {
  readonly summaries = new Map<ActionKey, DeepSummary>();
  /** A log could not be judged, because a summary hides the calls it might be of. */
  hidden = false;
  readonly #tree: DeepTree;
  readonly #from: number;
  #steps: number;
  /** All that was visited, what is beneath always before what is above. */
  readonly #visited = new Set<string>();
  /** For each branch how many actions it has at most, and how many its largest summary. */
  readonly #sizes = new Map<string, { readonly actions: number; readonly kept: number }>();

  constructor(tree: DeepTree, from: number) {
    this.#tree = tree;
    this.#from = from;
    this.#steps = tree.branches.size * STEPS_PER_BRANCH + MORE_STEPS;
  }

  tops(names: readonly string[]): void {
    const below = new Set([...this.#tree.branches.values()].flatMap((branch) => branch.below));
    for (const name of names) {
      if (below.has(name)) continue;
      const { visited } = this.#try(name, 0);
      for (const one of visited) this.#visited.add(one);
    }
  }

  others(): void {
    for (const name of this.#visited) this.#sizes.set(name, this.#measure(name));
  }

  #measure(name: string): { readonly actions: number; readonly kept: number } {
    const branch = this.#tree.branches.get(name);
    if (branch === undefined) return { actions: 0, kept: 0 };
    if (branch.summary !== undefined) {
      const actions = branch.summary.tasks.reduce((sum, task) => sum + task.actions, 1);
      return { actions, kept: actions };
    }
    let actions = branch.call === undefined ? 0 : 1;
    let kept = 0;
    for (const one of branch.below) {
      const size = this.#sizes.get(one);
      actions += size?.actions ?? 0;
      kept = Math.max(kept, size?.kept ?? 0);
    }
    const least = Math.max(this.#from, kept * GROWTH);
    if (actions < least || !isSummarised(branch)) return { actions, kept };
    if (this.#isKept(branch)) return { actions, kept: actions };
    const tried = this.#try(name, least);
    return { actions: tried.actions, kept: tried.isKept ? tried.actions : kept };
  }

  #isKept(branch: Branch): boolean {
    return branch.call !== undefined && this.summaries.has(branch.call.key);
  }

  /** Adds up what is beneath, and keeps it if it may be kept and has so many actions. */
  #try(
    name: string,
    least: number,
  ): { readonly visited: ReadonlySet<string>; readonly actions: number; readonly isKept: boolean } {
    const { union, visited } = this.#gather(name);
    const root = this.#tree.branches.get(name);
    const { actions } = union;
    const nothing = { visited, actions, isKept: false };
    if (root?.call === undefined || !isSummarised(root) || actions < Math.max(least, this.#from)) {
      return nothing;
    }
    const summary = union.conclude(root, visited);
    if (summary === 'hidden') this.hidden = true;
    if (summary === undefined || summary === 'hidden') return nothing;
    if (summary.observations.length > OBSERVATIONS_MAX) return nothing;
    if (union.hasLogged && !this.#isGrounded(name)) return nothing;
    this.summaries.set(root.call.key, summary);
    return { visited, actions, isKept: true };
  }

  #gather(root: string): { readonly union: DeepUnion; readonly visited: ReadonlySet<string> } {
    const union = new DeepUnion();
    const { visited, isTree } = this.#walk(root, ({ below }) => below);
    if (!isTree) union.spoil();
    for (const name of visited) {
      const branch = this.#tree.branches.get(name);
      if (branch !== undefined) union.add(branch, name === root);
    }
    return { union, visited };
  }

  /** A call in a log proves nothing for an action that it stands on itself. */
  #isGrounded(root: string): boolean {
    return this.#walk(root, groundsOf).isTree;
  }

  /**
   * What is beneath always before what is above. Depth first, without recursion: a chain of calls
   * may be very long. Induction needs a tree: traces of different times may call each other in a
   * circle.
   */
  #walk(
    root: string,
    next: (branch: Branch) => readonly string[],
  ): { readonly visited: ReadonlySet<string>; readonly isTree: boolean } {
    const visited = new Set<string>();
    const open = new Set<string>();
    const stack = [root];
    let isTree = true;
    for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
      const branch = this.#tree.branches.get(name);
      if (branch === undefined || visited.has(name)) {
        stack.pop();
      } else if (open.has(name)) {
        stack.pop();
        visited.add(name);
      } else if (this.#steps <= 0) {
        return { visited, isTree: false };
      } else {
        this.#steps -= 1;
        open.add(name);
        for (const one of next(branch).toReversed()) {
          if (open.has(one) && !visited.has(one)) isTree = false;
          else stack.push(one);
        }
      }
    }
    return { visited, isTree };
  }
}

/** What a branch stands on; a log stands on the calls in it, too. */
function groundsOf({ below, logged }: Branch): readonly string[] {
  return logged.length === 0 ? below : [...below, ...logged];
}

/** Below a version nothing is looked at, and a failure answers no caller (T4). */
function isSummarised({ call, trace }: Branch): boolean {
  return call?.task.vouched === false && trace?.outcome.kind === 'result';
}
