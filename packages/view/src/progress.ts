import type { Clock } from '@skein/model';
import type { Style } from './style.ts';
import type { Tally } from './tally.ts';

/** Shows how a run goes on. The tally counts; nothing is computed or written but on a tick. */
export interface Progress {
  /** Text that stays, above whatever is live. */
  print(text: string): void;
  /** Removes what is live. Nothing is shown any more. */
  stop(): void;
}

/** Where progress is written: standard error of the command. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

export interface ProgressRequest {
  readonly stream: ProgressStream;
  readonly isTerminal: boolean;
  readonly style: Style;
  readonly clock: Clock;
  readonly tally: Tally;
  /** What runs, for the first line. */
  readonly title: string;
  /** How many actions an earlier run of the same had, if that is known. Asked once, late. */
  readonly expected: () => number | undefined;
  /** Said instead of how actions go on, once they have ended. */
  readonly afterwards?: () => string | undefined;
  /** Calls `tick` every so often until the returned function is called. */
  readonly every: Ticker;
}

export type Ticker = (intervalMs: number, tick: () => void) => () => void;
