import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { RunStarted } from '@skein/model';

/** What a run notes of its process, to tell later whether it still lives. */
export type ProcessIdentity = RunStarted['process'];

/** Whether the process that recorded a run is still there (R7). */
export type Liveness = (identity: ProcessIdentity) => boolean;

/** Fields of /proc/<pid>/stat after the command's name, which may hold anything but `) `. */
const STATE_FIELD = 0;
const START_FIELD = 19;
const PS_TIMEOUT_MS = 2_000;

/**
 * The identity of a process of this machine; `undefined` where there is none. Process ids are
 * used again, so its start counts: on Linux in clock ticks of this boot, elsewhere as `ps` says.
 */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startByProgram(pid);
  return startedAt === undefined ? undefined : { pid, startedAt, host: hostname() };
}

/** A run of another host name was copied here with its state directory: its process is gone. */
export const isAlive: Liveness = (identity) => {
  if (identity.host !== hostname()) return false;
  return identifyProcess(identity.pid)?.startedAt === identity.startedAt;
};

function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    if (fields[STATE_FIELD] === 'Z' || fields[STATE_FIELD] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${fields[START_FIELD]}`;
  } catch {
    return undefined;
  }
}

function startByProgram(pid: number): string | undefined {
  const asked = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    timeout: PS_TIMEOUT_MS,
  });
  if (asked.error !== undefined) return startBySignal(pid);
  const answer = asked.stdout.trim();
  return answer === '' ? undefined : answer;
}

/** Without `ps`, as on Windows, only the id is compared. */
function startBySignal(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'unknown';
  } catch (error) {
    const denied = error instanceof Error && 'code' in error && error.code === 'EPERM';
    return denied ? 'unknown' : undefined;
  }
}
