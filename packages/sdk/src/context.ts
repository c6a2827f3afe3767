import { currentScope } from './host.ts';
import type { Logger } from './logger.ts';
import { plainScope } from './plain-program.ts';

/** What a running task may know of its action; each property is read when it is asked for. */
export interface Context {
  /** Id of the run; `'none'` in a plain program. */
  readonly run: string;
  /** Number of the action within its run, from 1; 0 in a plain program. */
  readonly action: number;
  /** From 1. */
  readonly attempt: number;
  readonly logger: Logger;
  /** Aborted when the action is cancelled or out of time. */
  readonly signal: AbortSignal;
  /** Absolute path of a folder that is empty when the attempt starts, and gone after it. */
  readonly scratch: string;
  /** Says how far the action is, for those who watch. */
  progress(this: void, done: number, total?: number): void;
}

/** The context of the action whose code is running; one of no run in a plain program. */
export function context(): Context {
  const scope = currentScope() ?? plainScope;
  return {
    get run() {
      return scope.run;
    },
    get action() {
      return scope.action;
    },
    get attempt() {
      return scope.attempt;
    },
    get logger() {
      return scope.logger;
    },
    get signal() {
      return scope.signal;
    },
    get scratch() {
      return scope.scratch();
    },
    progress: (done, total) => scope.progress(done, total),
  };
}
