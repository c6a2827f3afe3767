/*
 * The errors that a task may meet beside its own (X7). Their names are on the prototypes, so
 * that what is recorded as an error's own fields is what it has to say.
 */

/** The action, or the process it ran in, used more memory than its limit (X3). */
export class OutOfMemoryError extends Error {
  static {
    nameOf(this, 'OutOfMemoryError');
  }
}

/** The scratch folders of the action, or of its process, held more than its `disk` limit. */
export class OutOfDiskError extends Error {
  static {
    nameOf(this, 'OutOfDiskError');
  }
}

/** `run` and `queued` bound one attempt, `deadline` all attempts together (X4). */
export type TimeoutBound = 'run' | 'queued' | 'deadline';

/** An action took longer than its `timeout` allows. */
export class TimeoutError extends Error {
  static {
    nameOf(this, 'TimeoutError');
  }

  /** Which of the bounds was passed. */
  readonly bound: TimeoutBound;

  constructor(bound: TimeoutBound, message = `the ${bound} bound was passed`) {
    super(message);
    this.bound = bound;
  }
}

/** A call was cancelled: by its signal, with its caller, or with the run (X5). */
export class CancelledError extends Error {
  static {
    nameOf(this, 'CancelledError');
  }
}

/** The process of an action was lost, again and again (R6). */
export class WorkerLostError extends Error {
  static {
    nameOf(this, 'WorkerLostError');
  }
}

/** Thrown, or extended, by authors: trying again cannot help, so no retry is made (R6). */
export class NonRecoverableError extends Error {
  static {
    nameOf(this, 'NonRecoverableError');
  }
}

/** What is known of a command task's program once it has ended, or could not begin. */
export interface CommandEnd {
  /** The command as it is declared, with its placeholders. */
  readonly command: string;
  /** `null`: it was ended by a signal, or never began. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last 4 KiB of what it printed. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The program of a command task did not do what it is declared to do: it is not there, its exit
 * code is no success, or an output is missing or is not what it should be.
 */
export class CommandError extends Error implements CommandEnd {
  static {
    nameOf(this, 'CommandError');
  }

  readonly command: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;

  constructor(message: string, end: CommandEnd) {
    super(message);
    this.command = end.command;
    this.exitCode = end.exitCode;
    this.signal = end.signal;
    this.stdout = end.stdout;
    this.stderr = end.stderr;
  }
}

function nameOf(Class: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(Class.prototype, 'name', {
    value: name,
    writable: true,
    configurable: true,
  });
}
