import type { Digest } from '@skein/values';
import type { ActionNumber } from './action-number.ts';
import type { Change } from './change.ts';
import type { PlainObservation } from './observation.ts';
import type { MadeElsewhere } from './provenance.ts';
import type { RunId } from './run.ts';

/** Why an action was not simply reused; one sentence for people comes from `view`. */
export type Reason =
  /** `elsewhere`: somebody else made it, and shared it. */
  | { readonly kind: 'found'; readonly elsewhere?: MadeElsewhere }
  | { readonly kind: 'joined' }
  | { readonly kind: 'caching-off' }
  | { readonly kind: 'forced' }
  /** Nothing is known of the task. */
  | { readonly kind: 'never-executed' }
  /** The task was executed with this code and these options, but never with these inputs. */
  | { readonly kind: 'new-inputs' }
  /** The task was executed before, but never under this key. */
  | { readonly kind: 'key-changed'; readonly changes: readonly Change[] }
  | {
      readonly kind: 'observation-changed';
      /** As it was recorded. */
      readonly before: PlainObservation;
      readonly after: Digest | null;
      /** True where another action of its process had observed it (O3). */
      readonly logged?: true;
    }
  /** `action`: the number of the call, where it executed in this run. */
  | { readonly kind: 'child-changed'; readonly task: string; readonly action?: number }
  /** A call in its process's log is not known with the recorded outcome (O3). */
  | { readonly kind: 'logged-call-changed'; readonly task: string }
  /** Its process's log cannot be read any more (P4). */
  | { readonly kind: 'log-missing' }
  /** The last execution under this key left no trace; the sentence names file and line (O4, O5). */
  | { readonly kind: 'untraced'; readonly why: string }
  /** What is known came about by something irreproducible, which `strict` refuses (O8). */
  | { readonly kind: 'impure'; readonly what: string; readonly at?: string }
  /**
   * An earlier run finished it (R1). `made` says what is different today, in its own code or data
   * or beneath it; absent: nothing is.
   */
  | {
      readonly kind: 'adopted';
      readonly run: RunId;
      readonly action: ActionNumber;
      readonly made?: Reason;
    }
  /** The code of the run that made it is not on record any more. */
  | { readonly kind: 'code-unknown' }
  | { readonly kind: 'bytes-missing'; readonly digest: string }
  | { readonly kind: 'too-old' }
  | { readonly kind: 'failed-before' };

/** What the rebuilder decided. */
export type Verdict =
  | { readonly kind: 'reuse'; readonly reason: Reason }
  | { readonly kind: 'adopt'; readonly reason: Reason }
  | { readonly kind: 'execute'; readonly reason: Reason };
