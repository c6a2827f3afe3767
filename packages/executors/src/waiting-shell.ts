import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface WaitingShellSpec {
  /** What it does once its input ends; it reads lines until then. */
  readonly script: string;
  /** What `ps` shows of it. */
  readonly name: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * A shell of its own that only waits, and outlives this process: its input ends however this
 * process dies.
 */
export class WaitingShell {
  readonly #shell: ChildProcess;
  readonly #exited: Promise<void>;

  constructor({ script, name, args, environment }: WaitingShellSpec) {
    // Detached, so that what is meant for the coordinator's process group passes it by.
    const shell = spawn('/bin/sh', ['-c', script, name, ...args], {
      cwd: '/',
      detached: true,
      env: { ...environment },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#shell = shell;
    this.#exited = new Promise((resolve) => {
      shell.once('exit', () => resolve());
      shell.once('error', () => resolve());
    });
    shell.stdin?.on('error', () => undefined);
    shell.unref();
    (shell.stdin as { unref?: () => void } | null)?.unref?.();
  }

  tell(line: string): void {
    this.#shell.stdin?.write(`${line}\n`);
  }

  /** Ends its input, after a last line if there is one, and waits until it is gone. */
  async close(last?: string): Promise<void> {
    // Whoever waits for the end must not be left because nothing else goes on.
    this.#shell.ref();
    this.#shell.stdin?.end(last === undefined ? '' : `${last}\n`);
    await this.#exited;
  }
}
