import type { Verdict } from './need.ts';

/**
 * Something a value can lie in, as text. Digits: a place inside one top-level piece. Others are
 * known to every module once its names are resolved: `name`, `name.member` of a namespace,
 * `name(0` a parameter and `name)` the result of a function, `name%` the instances of a class,
 * `.m(0` and `.m)` the same of every method called `m`, `^name` a global, `@specifier` what
 * `import()` gives, `*` what cannot be told apart.
 */
export type Slot = string;

/** Functions of a piece that see more than their arguments, where they go as values. */
export const CLOSURE_SLOT = '&';

/**
 * How a value gets from one slot to another: as it is, as a part that is read of it, as a part of
 * something new, or with its parts in something new.
 */
export type FlowKind = '=' | '.' | '[' | '~';

export type Edge = readonly [from: Slot, kind: FlowKind, to: Slot];

/** Where code changes what lies in a slot, or hands it to a package. */
export interface Sink {
  /**
   * `assign`: the name itself; `write`: the object in it; `package`: handed out; `keep`: what is in
   * it is given something to keep, if it belongs to a package or to Node; `method`: a method of it
   * is taken that may change it, if it is a collection; `hand`: it is an argument of what `of`
   * gives.
   */
  readonly how: 'assign' | 'write' | 'package' | 'keep' | 'method' | 'hand';
  readonly slot: Slot;
  /** What is changed, as the author would write it. */
  readonly what: string;
  /** `line:column` in the author's source. */
  readonly at: string;
  /** The first filling of what was empty (O8). */
  readonly filling: boolean;
  /** The import that what is called came from. */
  readonly of?: string;
}

/**
 * What a name is bound to, as far as O3 asks. `depth`: how many objects inside one another can be
 * changed in it; functions and patterns, which only take properties, count half.
 */
export type Holding =
  | {
      readonly kind: 'still';
      readonly depth: number;
      /** An object as it is written there: it has no methods of collections. */
      readonly table?: true;
    }
  /** Data if the verdict holds. */
  | { readonly kind: 'proof'; readonly verdict: Verdict }
  | { readonly kind: 'other' };

/** State of a piece that no name of the module shows, such as a variable of a namespace. */
export interface HiddenState {
  readonly what: string;
  readonly at: string;
  /** Assigned by functions, and not only to fill it. */
  readonly impure: boolean;
}

/** What one top-level piece does with what outlives a call (O3, O8). */
export interface Conduct {
  readonly holds: Holding;
  /** Written by `writeEdges`. */
  readonly edges: string;
  readonly sinks: readonly Sink[];
  readonly hidden: readonly HiddenState[];
  /**
   * Slots of names and globals whose objects are changed while the module is loaded: functions of
   * this piece may come to run where nothing refers to it.
   */
  readonly changes: readonly Slot[];
  /** How deep an object with what is put into it then is. */
  readonly changedDepth: number;
  /** Evaluating it calls something, or looks at the process. */
  readonly asks: boolean;
  /** It is a function that can see more than its arguments. */
  readonly observes: boolean;
  /** Variables that functions written here share and change: state, if the functions are kept. */
  readonly captured: readonly HiddenState[];
}

/** Deeper than anyone looks: data of unknown shape. */
export const DEEP = 9;

/** What functions, classes and patterns count. */
export const SHALLOW = 0.5;

/** A conduct without what goes without saying: absent for a plain function. */
export type KeptConduct = Partial<Conduct> | undefined;

const PLAIN: Conduct = {
  holds: { kind: 'still', depth: SHALLOW },
  edges: '',
  sinks: [],
  hidden: [],
  changes: [],
  changedDepth: 0,
  asks: false,
  observes: false,
  captured: [],
};

export function keepConduct(conduct: Conduct): KeptConduct {
  const { holds, edges, sinks, hidden, changes, changedDepth, asks, observes, captured } = conduct;
  const isPlain = holds.kind === 'still' && holds.depth === SHALLOW;
  const kept: KeptConduct = {
    ...(isPlain ? {} : { holds }),
    ...(edges === '' ? {} : { edges }),
    ...(sinks.length === 0 ? {} : { sinks }),
    ...(hidden.length === 0 ? {} : { hidden }),
    ...(changes.length === 0 ? {} : { changes, changedDepth }),
    ...(asks ? { asks } : {}),
    ...(observes ? { observes } : {}),
    ...(captured.length === 0 ? {} : { captured }),
  };
  return Object.keys(kept).length === 0 ? undefined : kept;
}

export function conductOf(item: { readonly conduct?: KeptConduct }): Conduct {
  return item.conduct === undefined ? PLAIN : { ...PLAIN, ...item.conduct };
}

export function writeEdges(edges: readonly Edge[]): string {
  return edges.map((it) => it.join(' ')).join('|');
}

export function readEdges(text: string): Edge[] {
  if (text === '') return [];
  return text.split('|').map((it) => {
    const [from = '', kind = '=', to = ''] = it.split(' ');
    return [from, kind as FlowKind, to];
  });
}

/** A slot that only its own piece knows. */
export function isInner(slot: Slot): boolean {
  return /^\d/.test(slot);
}
