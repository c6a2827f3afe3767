import type { Digest } from '@skein/values';
import type { ActionImage } from './platform.ts';
import type { TaskId } from './task.ts';

/**
 * One difference between what a key covered before and what it covers now. `before` and `after`
 * are absent where there was or is no such thing.
 */
export type Change =
  /** A declaration; its text is kept under the digest. */
  | {
      readonly kind: 'symbol';
      readonly module: string;
      readonly name: string;
      readonly before?: Digest;
      readonly after?: Digest;
    }
  /** A top-level statement with effects (C2), a module taken whole (C1), imported data (C7). */
  | {
      readonly kind: 'effect' | 'module' | 'data';
      readonly module: string;
      readonly before?: Digest;
      readonly after?: Digest;
    }
  /**
   * An installed package; equal versions: its installed files differ (C6). `neededBy`: the package
   * that is imported, where this one counts because that one depends on it.
   */
  | {
      readonly kind: 'package';
      readonly name: string;
      readonly before?: string;
      readonly after?: string;
      readonly neededBy?: string;
    }
  /** What an input is called; its name is in the key (Q5). */
  | { readonly kind: 'parameter'; readonly before?: string; readonly after?: string }
  /** Whether the key covers an input (Q4), whether a variable is declared (O6). */
  | { readonly kind: 'counted' | 'declared'; readonly name: string; readonly before: boolean }
  /** A task it refers to, or forwards (C3). */
  | {
      readonly kind: 'task' | 'forward';
      readonly id: TaskId;
      readonly before?: Digest | true;
      readonly after?: Digest | true;
    }
  /** A field of the key by its name (Q5), or a setting of the code's digest. */
  | {
      readonly kind: 'setting' | 'version' | 'salt' | 'platform' | 'variable' | 'format';
      readonly name: string;
      readonly before?: string;
      readonly after?: string;
    }
  /** Where it runs (Q6); a side that is absent: on the machine, and it declared no image. */
  | { readonly kind: 'image'; readonly before?: ActionImage; readonly after?: ActionImage }
  /** A command task's program on the machine; a side that is absent: there was or is none. */
  | {
      readonly kind: 'program';
      readonly name: string;
      readonly before?: Digest;
      readonly after?: Digest;
    }
  | InputChange;

/** A field of an input: `path` leads to it, `rows[3].text`; the values are shortened texts. */
export interface InputChange {
  readonly kind: 'input';
  readonly name: string;
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}
