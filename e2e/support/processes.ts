import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that cannot be mistaken for a later one with the same id. */
export interface KnownProcess {
  readonly pid: number;
  readonly parent: number;
  /** In clock ticks since the machine started. */
  readonly startedAt: string;
  readonly command: string;
}

/** Why processes cannot be watched here, if so. */
export const unwatchable = existsSync('/proc/self/stat')
  ? undefined
  : 'this machine has no /proc, by which the test sees which processes are left';

/** A process and everything beneath it, as they are now. */
export function familyOf(pid: number): readonly KnownProcess[] {
  const all = allProcesses();
  const family = all.filter((known) => known.pid === pid);
  for (let index = 0; index < family.length; index += 1) {
    family.push(...all.filter(({ parent }) => parent === family[index]?.pid));
  }
  return family;
}

/** What it started itself, and is still there. */
export function childrenOf(pid: number): readonly KnownProcess[] {
  return allProcesses().filter(({ parent }) => parent === pid);
}

/** Those that are still there. */
export function aliveOf(family: readonly KnownProcess[]): readonly KnownProcess[] {
  return family.filter(({ pid, startedAt }) => readProcess(pid)?.startedAt === startedAt);
}

/**
 * Ends what works in a folder, or was told of it, and says what that was. Nothing but what a test
 * started can be there.
 */
export async function endProcessesIn(folder: string): Promise<readonly string[]> {
  const found = allProcesses().filter(({ pid, command }) => {
    return pid !== process.pid && (command.includes(folder) || folderOf(pid).startsWith(folder));
  });
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It went by itself in the meantime.
    }
  }
  while (aliveOf(found).length > 0) await new Promise((resolve) => setImmediate(resolve));
  return found.map(({ pid, command }) => `${pid} ${command.slice(0, 200)}`);
}

/** What was told of a path, in its command line or its environment. */
export function processesNaming(path: string): readonly KnownProcess[] {
  return allProcesses().filter(({ pid, command }) => {
    return pid !== process.pid && (command.includes(path) || environmentOf(pid).includes(path));
  });
}

function allProcesses(): KnownProcess[] {
  if (unwatchable !== undefined) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

/** Undefined for one that ended, also where nobody has asked for its exit code yet. */
function readProcess(pid: number): KnownProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parent: Number(parent), startedAt: rest[17] ?? '', command };
  } catch {
    return undefined;
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
