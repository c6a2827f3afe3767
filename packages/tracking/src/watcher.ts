import type { Impurity, PlainObservation } from '@skein/model';

/**
 * Told what code touches that belongs to one action, or to none (O9). Tracking finds the watcher
 * when an access begins, and tells it of that access whatever runs meanwhile.
 */
export interface Watcher {
  /** All that it is told outlives its action anyway: nobody has to look who takes part. */
  readonly keepsAll: boolean;
  /**
   * An observation, at the moment its first bytes are handed to the code (W1). One whose digest is
   * known only later is a promise, and has its place from now on; `null`: there is nothing to
   * observe after all. `through`: the package on whose behalf it happened, or `null`; what a
   * package could have kept outlives the action (O3).
   */
  observe(seen: PlainObservation | Promise<PlainObservation | null>, through: string | null): void;
  /**
   * The execution can leave no trace (O4, O5). The sentence begins in lower case, has no full stop
   * and names the author's line.
   */
  untraceable(why: string): void;
  /**
   * A path outside scratch is about to be created, changed or removed, named as observations name
   * paths: the execution can leave no trace (O5). `by`: as the author would write it,
   * `writeFileSync`; `at`: the author's line. Throws what the writing call is to throw where the
   * action is strict.
   */
  wrote(path: string, by: string, at: string | undefined): void;
  /**
   * Something is about to be made in scratch, by its absolute path, where others could find it by
   * its name: what is still there when the action ends was created outside of its own (O5).
   */
  scratched(path: string, by: string, at: () => string | undefined): void;
  /** Told each time: `known` says whether telling it again is of any use. Throws under strict. */
  impure(impurity: Impurity): void;
  /** Whether this impurity was told already: asked first, because its line is dear to find. */
  knows(kind: Impurity['kind'], what: string): boolean;
}
