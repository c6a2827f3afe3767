import { readFileSync, readdirSync } from 'node:fs';

/** What tells a process of a container: the scratch folder is its alone. */
function isWithin(pid: number, own: string): boolean {
  return readText(`/proc/${pid}/environ`).split('\0').includes(own);
}

/**
 * The first process of a container on this machine, whose end is the end of all of it: of those
 * whose `TMPDIR` is its scratch folder the one that none of the others started. `undefined`: there
 * is none, or it cannot be seen from here.
 */
export function firstProcessIn(scratch: string): number | undefined {
  const own = `TMPDIR=${scratch}`;
  const pids = listProcesses().filter((pid) => pid !== process.pid && isWithin(pid, own));
  const found = new Set(pids);
  const firsts = pids.filter((pid) => isFirst(pid, found));
  return firsts[0] ?? pids[0];
}

/** In its own numbering it is process 1, which the last number of `NSpid` tells. */
function isFirst(pid: number, found: ReadonlySet<number>): boolean {
  const status = readText(`/proc/${pid}/status`);
  const numbers = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.split(/\s+/);
  if (numbers !== undefined) return numbers.length > 1 && numbers.at(-1) === '1';
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  return !found.has(parent);
}

/** Ends a process of this machine, which takes those of its container with it. */
export function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

function listProcesses(): readonly number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

/** A process may end between being listed and being read. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
