import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Podman makes a container in steps, and hands it to a process of its own (conmon). Where its call
 * is killed between two of them it forgets the container, and that process waits for ever for one
 * that is never started. `end_monitors` has the runtime remove the containers whose names match a
 * pattern of the shell; each process ends with its container. Only where podman knows them no more.
 */
export const END_MONITORS = `
after() { tr '\\0' '\\n' <"/proc/$1/cmdline" 2>/dev/null | sed -n "/^$2\\$/{n;p;q;}"; }
end_monitors() {
  round=0
  while [ "$round" -lt 50 ]; do
    round=$((round + 1))
    more=
    for file in $(grep -lx conmon /proc/[0-9]*/comm 2>/dev/null); do
      pid=\${file#/proc/}
      pid=\${pid%/comm}
      case $(after "$pid" -n) in
        $1)
          more=yes
          "$(after "$pid" -r)" delete --force "$(after "$pid" -c)" >/dev/null 2>&1
          ;;
      esac
    done
    [ -z "$more" ] && return
    sleep 0.1 2>/dev/null || sleep 1
  done
}
`;

/** Ends what holds containers of these names that podman has forgotten. */
export async function endMonitors(
  pattern: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const script = `${END_MONITORS}end_monitors "$1"`;
  const shell = spawn('/bin/sh', ['-c', script, 'skein-end-monitors', pattern], {
    cwd: '/',
    env: { ...environment },
    stdio: 'ignore',
  });
  // Where there is no shell there is no podman either.
  await once(shell, 'exit').catch(() => undefined);
}
