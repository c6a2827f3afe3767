import type { Digest } from '@skein/values';
import type { ActionKey, ActionNumber, LogChunk, LogPrefix, Reason, TaskId } from '@skein/model';
import type { WrittenObservation } from './writes.ts';

/** A call as an observation tells of it. */
export interface RecordedCall {
  readonly task: TaskId;
  readonly inputs: readonly Digest[];
  readonly override: Uint8Array | undefined;
  readonly outcome: Digest;
}

/** What a prefix of a log comes to. */
export interface LogCheck {
  /** Why it does not hold. */
  readonly changed: Reason | undefined;
  /** True where the answer is one for this moment only. */
  readonly fleeting: boolean;
  /** Calls of which nobody knows whether they would have their outcomes: it may hold. */
  readonly open: readonly RecordedCall[];
}

/** What a call would come to, by what is known alone. */
export interface Foreseen {
  /** `undefined`: nobody knows. */
  readonly outcome: Digest | undefined;
  readonly fleeting: boolean;
}

/** What one question is in the middle of, so that it does not ask itself, and what it found. */
export interface Foresight {
  readonly keys: Set<ActionKey>;
  readonly chunks: Set<Digest>;
  readonly outcomes: Map<ActionKey, Foreseen>;
  /** How many answers were for the moment only: those are found again each time. */
  fleeting: number;
}

export function newForesight(): Foresight {
  return { keys: new Set(), chunks: new Set(), outcomes: new Map(), fleeting: 0 };
}

/** A change that another action of the process would meet. */
export function logged(reason: Reason): Reason {
  return reason.kind === 'observation-changed' ? { ...reason, logged: true } : reason;
}

/** What a run knows of the logs of worker processes (O3). */
export interface Logs {
  /** A log grew. */
  extend(chunk: LogChunk): void;
  /** Known to hold without looking; `null` is the empty log. */
  holds(prefix: LogPrefix | null): boolean;
  /** Whether a prefix holds now: no promise where that is known. */
  check(prefix: LogPrefix | null): LogCheck | Promise<LogCheck>;
  /** The same from within such a check. */
  checkWithin(prefix: LogPrefix | null, foresight: Foresight): Promise<LogCheck>;
  /** More is known than before: an execution left a trace. */
  learn(): void;
  /** Something that was seen is written to: what was verified before does not count any more. */
  forget(): void;
  /** The last chunk of a prefix; `undefined` where it is gone or damaged. */
  read(prefix: LogPrefix): LogChunk | undefined;
  /** It holds a call that other code or data had a part in the answer of (R3). */
  isTainted(prefix: LogPrefix | null): boolean;
  /** What of a prefix an action other than the reader wrote (O5). */
  writtenIn(prefix: LogPrefix | null, reader: ActionNumber): WrittenObservation | undefined;
}
