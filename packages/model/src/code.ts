import type { Digest } from '@skein/values';
import type { Impurity } from './observation.ts';
import type { TaskId } from './task.ts';

/** One thing that a task's code digest covers, in the order the digest walks them. */
export type CodePart =
  /** The emitted code of one declaration, or of the task's own function. */
  | {
      readonly kind: 'symbol';
      readonly module: string;
      readonly name: string;
      readonly digest: Digest;
    }
  /** A top-level statement with effects of an evaluated module (C2). */
  | { readonly kind: 'effect'; readonly module: string; readonly digest: Digest }
  /** The whole module, because something could not be resolved by symbol (C1). */
  | {
      readonly kind: 'module';
      readonly module: string;
      readonly reason: string;
      readonly digest: Digest;
    }
  /** An installed package with its dependency closure (C6). */
  | {
      readonly kind: 'package';
      readonly name: string;
      readonly version: string;
      readonly digest: Digest;
    }
  /** A file imported as data: JSON, text, wasm (C7). */
  | { readonly kind: 'data'; readonly module: string; readonly digest: Digest }
  /** A reference to another task: its id, never its code (C3). */
  | { readonly kind: 'task'; readonly id: TaskId }
  /** `.forward`: the other task's code (C3). */
  | { readonly kind: 'forward'; readonly id: TaskId; readonly digest: Digest }
  /** The behaviour version of Skein (C4) and options that change emit (C7). */
  | { readonly kind: 'setting'; readonly name: string; readonly value: string };

/** Why what a task observes may outlive its action (O3): the binding, and where it is written. */
export interface Retention {
  /** As the author would name it: `cache`, `globalThis.model`. */
  readonly what: string;
  /** Workspace-relative `path:line:column`. */
  readonly at: string;
}

/** What analysis says of a task's executions: it follows from the code, so no key covers it. */
export interface TaskBehaviour {
  readonly task: TaskId;
  /** `null`: nothing that it reaches can keep anything. */
  readonly retains: Retention | null;
  /** Assignments to module state other than its first filling (O8). */
  readonly impurities: readonly Impurity[];
}

/** Everything the code digest of one task covers. */
export interface CodeManifest {
  readonly task: TaskId;
  readonly digest: Digest;
  readonly parts: readonly CodePart[];
}
