import type { Digest } from '@skein/values';
import type { Leads } from './leads.ts';
import type { Span, TaskSite } from './summary.ts';

/**
 * What the linker knows of one module once its names are resolved. It is a function of the
 * module's summary and of what other modules say to those who ask (`surface`, `proofs`): while
 * these are the same it holds, whatever else is edited. Nothing in it is about one task.
 */
export interface ModuleFacts {
  readonly path: string;
  readonly emitted: Digest;
  /** Modules that its names may lead to. */
  readonly imports: readonly string[];
  /** Modules that it evaluates before itself, in order; and which only for what they do. */
  readonly evaluates: readonly string[];
  readonly evaluatesBare: readonly string[];
  /** Files of packages imported only for what they do. */
  readonly bare: readonly string[];
  /** Its package says `sideEffects: false` (C2). */
  readonly effectFree: boolean;
  readonly pieces: readonly Piece[];
  /** Covers all pieces, as symbols of a manifest. */
  readonly symbols: Digest;
  /** What it leads to beside its pieces when it is taken whole. */
  readonly whole: Leads;
  readonly sites: readonly TaskSite[];
  /** What others can tell of its names: their facts hold as long as it is the same. */
  readonly surface: Digest;
  /** The same for what evaluating its values does. */
  readonly proofs: Digest;
  /** What its code does with what outlives a call, positions included (O3, O8). */
  readonly conduct: Digest;
  /** Whether `proofs` of others decided anything here. */
  readonly asks: boolean;
}

/** A top-level item: see `Item`. */
export interface Piece {
  readonly names: readonly string[];
  readonly adds?: readonly string[];
  readonly code: PieceCode;
  /** Of a task: its function, and what is evaluated beside it. */
  readonly root?: PieceCode;
  readonly options?: PieceCode;
  /** Which of its code has effects when the module is evaluated. */
  readonly acts?: 'all' | 'options';
  /** Evaluating it may read what another statement changes. */
  readonly sees?: true;
  /** `other`: written like a task, but certainly none. */
  readonly task?: 'other' | 'maybe' | 'certain';
  /** What `checkpoint` of `skein` made. */
  readonly checkpoint?: true;
  /** A class whose instances can be thrown across tasks. */
  readonly error?: true;
}

/** Where emitted code stands, its digest, and what it leads to. */
export interface PieceCode extends Span, Leads {
  readonly digest: Digest;
}
