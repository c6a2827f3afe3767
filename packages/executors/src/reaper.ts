import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/**
 * Reads `+ pid` and `- pid`; when its input ends, which it does however the coordinator dies, it
 * kills what is left, each with its process group.
 */
const SCRIPT = `
trap '' HUP INT TERM
alive=' '
while read -r change pid; do
  left=' '
  for known in $alive; do [ "$known" = "$pid" ] || left="$left$known "; done
  [ "$change" = + ] && left="$left$pid "
  alive=$left
done
for pid in $alive; do kill -s KILL -- "-$pid" 2>/dev/null; done
`;

/**
 * Sees to it that no worker outlives the coordinator. A worker notices by itself that its socket
 * closed, but not in a busy loop; this shell, a process of its own that only waits, does. On
 * Windows there is no such shell, and only the socket speaks.
 */
export class Reaper {
  #shell: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();

  watch(pid: number): void {
    this.#tell(`+ ${pid}\n`);
  }

  forget(pid: number): void {
    this.#tell(`- ${pid}\n`);
  }

  /** Ends the shell, which by now has nobody to kill. */
  async close(): Promise<void> {
    // Whoever waits for the end must not be left because nothing else goes on.
    this.#shell?.ref();
    this.#shell?.stdin?.end();
    this.#shell = undefined;
    await this.#exited;
  }

  #tell(line: string): void {
    if (process.platform === 'win32') return;
    this.#shell ??= this.#start();
    this.#shell.stdin?.write(line);
  }

  #start(): ChildProcess {
    // Detached, so that what is meant for the coordinator's process group passes it by.
    const shell = spawn('/bin/sh', ['-c', SCRIPT], {
      cwd: '/',
      detached: true,
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#exited = new Promise((resolve) => {
      shell.once('exit', () => resolve());
      shell.once('error', () => resolve());
    });
    shell.stdin?.on('error', () => undefined);
    shell.unref();
    (shell.stdin as { unref?: () => void } | null)?.unref?.();
    return shell;
  }
}
