import type { RunningAction } from './running-action.ts';

export interface GuardPorts {
  /** The action that the present code belongs to. */
  readonly current: () => RunningAction | undefined;
  /** An error that belongs to no action. */
  readonly stray: (error: unknown) => void;
  /** An error that an action left behind when it ended: it can fail nobody any more. */
  readonly late: (error: unknown) => void;
  /** Whether `process.exit` outside of actions is refused too: in a worker, not in a command. */
  readonly always: boolean;
}

/**
 * Turns what would end the process into an error of the action that did it: `process.exit` (R6),
 * and errors that nobody caught. Refuses it to change the folder that all actions of the process
 * work in, as threads do (O9). Returns what takes the guard away.
 */
export function guardProcess(ports: GuardPorts): () => void {
  const own = Object.getOwnPropertyDescriptor(process, 'exit');
  const exit = process.exit.bind(process);
  process.exit = (code?: number | string | null) => {
    const action = ports.current();
    if (action === undefined && !ports.always) return exit(code);
    const error = new Error(`process.exit(${code ?? ''}) was called`);
    action?.raise(error);
    throw error;
  };
  const ownChdir = Object.getOwnPropertyDescriptor(process, 'chdir');
  const chdir = process.chdir.bind(process);
  process.chdir = (directory: string) => {
    if (ports.current() === undefined) return chdir(directory);
    throw new Error(
      `process.chdir("${directory}") was called: actions share a process, and so its folder`,
    );
  };
  const uncaught = (error: unknown): void => {
    const action = ports.current();
    if (action === undefined) ports.stray(error);
    else if (action.ended) ports.late(error);
    else action.raise(error);
  };
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);
  return () => {
    if (own !== undefined) Object.defineProperty(process, 'exit', own);
    if (ownChdir !== undefined) Object.defineProperty(process, 'chdir', ownChdir);
    process.off('uncaughtException', uncaught);
    process.off('unhandledRejection', uncaught);
  };
}
