import { WaitingShell } from '@skein/executors';
import { dialectOf } from './dialect.ts';
import type { Engine } from './engine.ts';
import { namesIn, POOL_LABEL } from './container-labels.ts';
import { END_MONITORS } from './monitors.ts';

/**
 * Reads `+ pid` and `- pid` of the engine's calls that hold containers, and `quit`. When its input
 * ends without that, the coordinator is dead: it removes every container of the pool (`$2`, with
 * names like `$3`) by the engine (`$1`, the rest being the command that removes), until there is
 * none and none of the calls is left that may be making one. Then nobody need look for them.
 */
const SCRIPT = `${END_MONITORS}
trap '' HUP INT TERM
engine=$1
pool=$2
names=$3
shift 3
calls=' '
while read -r change pid; do
  [ "$change" = quit ] && exit 0
  left=' '
  for known in $calls; do [ "$known" = "$pid" ] || left="$left$known "; done
  [ "$change" = + ] && left="$left$pid "
  calls=$left
done
round=0
while [ "$round" -lt 100 ]; do
  round=$((round + 1))
  found=$("$engine" ps --all --quiet --no-trunc --filter "label=${POOL_LABEL}=$pool" 2>/dev/null)
  known=$?
  [ -n "$found" ] && "$engine" "$@" $found >/dev/null 2>&1
  busy=
  for pid in $calls; do
    kill -s 0 "$pid" 2>/dev/null || continue
    busy=yes
    [ "$round" -gt 50 ] && kill -s TERM "$pid" 2>/dev/null
  done
  if [ "$known" = 0 ] && [ -z "$found" ] && [ -z "$busy" ]; then
    end_monitors "$names"
    rm -f "$pool/containers"
    exit 0
  fi
  sleep 0.1 2>/dev/null || sleep 1
done
`;

/**
 * Sees to it that no container outlives the coordinator: a shell of its own, which only waits. A
 * worker notices by itself that its socket closed, but not in a busy loop, and an engine keeps
 * what has ended.
 */
export class ContainerReaper {
  readonly #shell: WaitingShell;

  /** `pool`: the pool's scratch folder, by which its containers are labelled. */
  constructor(engine: Engine, pool: string) {
    this.#shell = new WaitingShell({
      script: SCRIPT,
      name: 'skein-container-reaper',
      args: [engine.path, pool, namesIn(pool), ...dialectOf(engine).remove],
      environment: engine.environment,
    });
  }

  watch(pid: number): void {
    this.#shell.tell(`+ ${pid}`);
  }

  forget(pid: number): void {
    this.#shell.tell(`- ${pid}`);
  }

  /** Ends the shell: by now no container is left. */
  async close(): Promise<void> {
    await this.#shell.close('quit');
  }
}
