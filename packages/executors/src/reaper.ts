import { WaitingShell } from './waiting-shell.ts';

/**
 * Reads `+ pid` and `- pid`; when its input ends, which it does however the coordinator dies, it
 * kills what is left, each with what is below it and its process group, and then whatever else
 * has its `TMPDIR` in the folder of the pool (`$1`), where `/proc` tells.
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
below() {
  for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do echo "$child"; below "$child"; done
}
for pid in $alive; do
  kill -s STOP "$pid" 2>/dev/null
  found=$(below "$pid")
  kill -s KILL -- "-$pid" 2>/dev/null
  for it in $found; do kill -s KILL "$it" 2>/dev/null; done
done
ended=' '
round=0
while [ -d /proc/self ] && [ "$round" -lt 16 ]; do
  round=$((round + 1))
  more=
  for file in $(grep -lF -- "TMPDIR=$1/" /proc/[0-9]*/environ 2>/dev/null); do
    pid=\${file#/proc/}
    pid=\${pid%/environ}
    case $ended in *" $pid "*) continue ;; esac
    ended="$ended$pid "
    more=yes
    kill -s KILL "$pid" 2>/dev/null
  done
  [ -z "$more" ] && break
done
`;

/**
 * Sees to it that no worker outlives the coordinator. A worker notices by itself that its socket
 * closed, but not in a busy loop; this shell, a process of its own that only waits, does. On
 * Windows there is no such shell, and only the socket speaks.
 */
export class Reaper {
  readonly #folder: string;
  #shell: WaitingShell | undefined;

  /** `folder`: that of the pool, in which each worker has its `TMPDIR`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  watch(pid: number): void {
    this.#tell(`+ ${pid}`);
  }

  forget(pid: number): void {
    this.#tell(`- ${pid}`);
  }

  /** Ends the shell, which by now has nobody to kill. */
  async close(): Promise<void> {
    const shell = this.#shell;
    this.#shell = undefined;
    await shell?.close();
  }

  #tell(line: string): void {
    if (process.platform === 'win32') return;
    this.#shell ??= new WaitingShell({
      script: SCRIPT,
      name: 'skein-reaper',
      args: [this.#folder],
      environment: {},
    });
    this.#shell.tell(line);
  }
}
