import type { KeptConduct } from './conduct.ts';
import type { Verdict } from './need.ts';

/**
 * What analysis keeps of one module. A summary is a pure function of the emitted code and of the
 * schema version below; it never knows another module.
 */
export const SUMMARY_SCHEMA = 7;

/** How a free identifier is used; bits of `Reference.uses`. */
export const USE = {
  call: 1,
  override: 2,
  map: 4,
  forward: 8,
  value: 16,
  /** A member whose name is not written out: of a task it may be `forward`. */
  computed: 32,
} as const;

/** A module-scope name that code refers to. */
export interface Reference {
  readonly name: string;
  readonly uses: number;
  /** Members read of it by literal name, sorted; `null` where it is used whole. */
  readonly members: readonly string[] | null;
}

/** What is known of the value that a name is bound to. */
export type Value =
  | {
      readonly kind: 'function';
      readonly call: Verdict;
      readonly returns: Verdict;
      /** Every return is an environment of `skein` made there. */
      readonly environment: boolean;
    }
  | {
      readonly kind: 'class';
      readonly construct: Verdict;
      /** Reading a static member runs no accessor. */
      readonly plain: boolean;
      /** Name of the class it extends; `null`: none, or one that has no name. */
      readonly base: string | null;
    }
  | { readonly kind: 'data'; readonly verdict: Verdict }
  | { readonly kind: 'object'; readonly members: readonly string[] }
  | { readonly kind: 'environment' }
  /**
   * `environment`: its name at module scope; `null` where it was made on the spot. `command`: its
   * function is Skein's own, which runs a program.
   */
  | { readonly kind: 'task'; readonly environment: string | null; readonly command: boolean }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'alias'; readonly name: string }
  /** What a function of the module, or imported, returns; `verdict`: whether it is data. */
  | { readonly kind: 'result'; readonly callee: string; readonly verdict: Verdict }
  | { readonly kind: 'opaque' };

/** A stretch of the emitted text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Code with the names it depends on. */
export interface Code {
  readonly text: Span;
  /** SHA-256 form of the canonical text, without comments, layout and local names. */
  readonly hash: string;
  /** Written by `writeReferences`: as one string they cost nothing until they are followed. */
  readonly references: string;
  /** Literal specifiers of `import()`, and of `require` with that word in front. */
  readonly requests: readonly string[];
  /** Why the whole module counts where this code is reached (C1). */
  readonly whole: string | null;
  /** `import()` of a computed specifier. */
  readonly computedImport: boolean;
  /** `.forward` of something that is not plainly a task's name. */
  readonly forwards: boolean;
}

/** A top-level piece: one declarator, declaration or statement. */
export interface Item extends Code {
  readonly names: readonly string[];
  /** Names of this module that the statement only adds to: it counts where one is reached. */
  readonly adds: readonly string[];
  /** Whether evaluating it has no effects. */
  readonly pure: Verdict;
  readonly value: Value;
  /** Read by `conductOf`. */
  readonly conduct?: KeptConduct;
  /** Only for a task: its function, or command, which is what the code digest starts from. */
  readonly root?: Code;
  /** Only for a task: what is evaluated beside the function, where that may have effects. */
  readonly options?: Code;
}

export interface ImportBinding {
  readonly local: string;
  readonly specifier: string;
  /** `*` for a namespace. */
  readonly imported: string;
}

export type ExportBinding =
  | { readonly kind: 'local'; readonly exported: string; readonly local: string }
  | {
      readonly kind: 'from';
      readonly exported: string;
      readonly specifier: string;
      readonly imported: string;
    }
  | { readonly kind: 'star'; readonly specifier: string };

/** A task declared at the top level, with what a person or a flag parser asks for. */
export interface TaskSite {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly exported: boolean;
  readonly parameters: readonly string[];
  readonly rest: boolean;
  /** Absent where the function could not be read. */
  readonly required?: number;
  /** V5: the second parameter may be omitted, so `array.map(task)` would fill it. */
  readonly optionalSecond: boolean;
}

/** A place in the author's source. `line` and `column` from 1. */
export interface SourceSpan {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** A call that would be wrong if the named thing is what it seems; decided when linked. */
export type Suspicion =
  | {
      readonly kind: 'task-in-function' | 'task-unnamed';
      /** The environment's name at module scope; `null` where it is certainly one. */
      readonly environment: string | null;
      readonly at: SourceSpan;
    }
  | { readonly kind: 'checkpoint-in-function' | 'checkpoint-unnamed'; readonly at: SourceSpan }
  /** `name`: the first local variable that it captures; `at`: where its function names it. */
  | { readonly kind: 'checkpoint-captures'; readonly name: string; readonly at: SourceSpan }
  | { readonly kind: 'duplicate-task'; readonly name: string; readonly at: SourceSpan }
  | { readonly kind: 'map-second-parameter'; readonly name: string; readonly at: SourceSpan };

export interface ModuleSummary {
  /** SHA-256 form over all canonical texts, imports and exports. */
  readonly emitted: string;
  /** No imports or exports of ES modules, but `module`, `exports` or `require`. */
  readonly commonjs: boolean;
  readonly items: readonly Item[];
  readonly imports: readonly ImportBinding[];
  readonly exports: readonly ExportBinding[];
  /** Statically imported specifiers, each once, in the order of evaluation. */
  readonly evaluates: readonly string[];
  /** Specifiers imported only for what they do: `import 'x'`. */
  readonly bare: readonly string[];
  /** Every specifier asked for, static or not, sorted: equal lists need no new resolution. */
  readonly requested: readonly string[];
  readonly tasks: readonly TaskSite[];
  readonly suspicions: readonly Suspicion[];
  /** Names to register when the module is evaluated: tasks, checkpoints, classes. */
  readonly registers: readonly string[];
  readonly meta: readonly Span[];
  /** Specifiers of `import()` that are computed. */
  readonly computed: readonly Span[];
  /** `export default ` in front of a task or checkpoint: it needs a name in the bundle. */
  readonly defaultTask: Span | null;
  /** Names of top-level functions and classes, whose `name` must survive bundling. */
  readonly named: readonly string[];
  /** Names declared at module scope, imported from outside, and globals: by blanks. */
  readonly scope: string;
}
