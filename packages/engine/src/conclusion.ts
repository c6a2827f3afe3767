import type { Impurity, LogPrefix, Outcome, Wave } from '@skein/model';

/** How the attempts of an action ended, taken together. */
export interface Conclusion {
  readonly outcome: Outcome;
  readonly waves: readonly Wave[];
  /** What of its process's log it could have used (O3). */
  readonly log: LogPrefix | null;
  readonly impurities: readonly Impurity[];
  /** Why no trace may be kept, as whoever ran it says. */
  readonly untraceable: string | undefined;
  readonly attempts: number;
  readonly durationMs: number;
}
