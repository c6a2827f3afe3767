import type { Files } from './workspace.ts';

/** One change of the workspace or of what is asked for, and which tasks it makes execute. */
export interface Mutation {
  readonly name: string;
  readonly change: Change;
  /** Names of the tasks that execute; everything else is reused. `rejected`: nothing runs. */
  readonly executes: readonly string[] | 'rejected';
}

/** What is different from the run before. */
export interface Change {
  /** Texts to replace: each must be there. */
  readonly replaced?: readonly Replacement[];
  readonly files?: Files;
  /** The command's variables; the base run has none. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Further words of the command line. */
  readonly flags?: readonly string[];
  /** What no text can say: times, modes, links. */
  readonly touch?: (root: string) => void;
  /** Applied to the workspace of the base run, too: what the change is a change of. */
  readonly before?: Change;
}

export type Replacement = readonly [path: string, from: string, to: string];

/** A change of one text of one file. */
export function edit(path: string, from: string, to: string): Change {
  return { replaced: [[path, from, to]] };
}

export function mutation(
  name: string,
  change: Change,
  executes: readonly string[] | 'rejected',
): Mutation {
  return { name, change, executes };
}
