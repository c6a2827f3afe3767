import type { Edit } from './canonical.ts';
import type { Binding, Scope } from './scope.ts';
import type { Span } from './summary.ts';
import type { ClassNode, FunctionNode, Node } from './syntax.ts';

/** What one piece of code says about names; `locals` resolves its identifiers for later passes. */
export interface CodeFacts {
  readonly references: ReadonlyMap<string, Use>;
  readonly locals: ReadonlyMap<Node, Binding>;
  /** Functions and classes that local names are bound to. */
  readonly bound: ReadonlyMap<Binding, readonly BoundNode[]>;
  /** Free names that are assigned, deleted from, counted up. */
  readonly assigned: ReadonlySet<string>;
  readonly edits: readonly Edit[];
  readonly literals: readonly Span[];
  readonly requests: readonly string[];
  readonly meta: readonly Span[];
  /** Computed specifiers of `import()`. */
  readonly imports: readonly Span[];
  readonly whole: string | null;
  readonly computedImport: boolean;
  readonly forwards: boolean;
  /** Calls that may declare a task, with the functions they stand in. */
  readonly taskCalls: readonly TaskCall[];
  readonly mapCalls: readonly { readonly name: string; readonly at: number }[];
}

export type BoundNode = FunctionNode | ClassNode;

/** A call that looks like the declaration of a task or a checkpoint. */
export interface TaskCall {
  readonly what: 'task' | 'checkpoint';
  readonly node: Node & { type: 'CallExpression' };
  readonly inFunction: boolean;
  /** Where it stands. */
  readonly scope: Scope;
}

/** Names of `skein`'s functions in the module. */
export interface SkeinNames {
  readonly skeinMaps: ReadonlySet<string>;
  readonly checkpoints: ReadonlySet<string>;
}

export interface Use {
  uses: number;
  members: Set<string> | null;
}
