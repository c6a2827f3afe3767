import type { ActionState, RunState } from '@skein/journal';
import type { ActionNumber, Impurity, Provenance, Reason, TaskId } from '@skein/model';

/** Why the actions of a run executed, or one of them. */
export type WhyReport = RunWhy | ActionsWhy;

export interface RunWhy {
  readonly kind: 'run';
  readonly state: RunState;
  /** What executed, by task and reason, in the order of the first action of each. */
  readonly groups: readonly WhyGroup[];
  /** How many were not executed, by task. */
  readonly reused: ReadonlyMap<TaskId, number>;
  /** Who had made what was reused, where others did: the most results first. */
  readonly elsewhere: readonly Counted<Provenance>[];
}

export interface WhyGroup {
  readonly task: TaskId;
  readonly actions: readonly ActionNumber[];
  /** The first of them. */
  readonly first: Explained;
  /** Sentences of others, where they are not all the same. */
  readonly others: readonly string[];
  /** Why some of them left no trace, so that they will execute again. */
  readonly untraced: readonly Counted<string>[];
  /** What made some of them irreproducible (O8). */
  readonly impurities: readonly Counted<Impurity>[];
}

/** What is true of so many actions of a group. */
export interface Counted<T> {
  readonly of: T;
  readonly actions: number;
}

export interface ActionsWhy {
  readonly kind: 'action';
  readonly state: RunState;
  readonly answer: ActionWhy;
}

/** An action with its reason and what can be shown of it. */
export interface Explained {
  readonly action: ActionState;
  /** As recorded, or said more exactly by what is known of earlier runs. */
  readonly reason: Reason;
  /** The declarations among its changes, as their author wrote them. */
  readonly sources: readonly SourceChange[];
  /** Of its calls of the task whose outcome is another: how many differ from those before. */
  readonly differs?: { readonly task: TaskId; readonly different: number; readonly of: number };
}

export interface ActionWhy extends Explained {
  /** From what it says to where that began: each executed for the one before it. */
  readonly because: readonly Explained[];
  /** The execution that a reused action got its outcome from. */
  readonly made?: { readonly run: string; readonly action: ActionNumber; readonly at: number };
}

/** A declaration, statement or module as it was and is; absent where there is none, or lost. */
export interface SourceChange {
  readonly module: string;
  readonly before?: SourceLines;
  readonly after?: SourceLines;
}

export interface SourceLines {
  /** The line it began at, from 1. */
  readonly line: number;
  readonly text: string;
}
