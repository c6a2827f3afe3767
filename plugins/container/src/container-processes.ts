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

/** The first processes of the containers that a process, or one that it started, holds. */
export function firstProcessesBelow(pid: number): readonly number[] {
  const all = listProcesses();
  const within = new Set([pid]);
  // One that started another may have the greater number: it is looked until nothing is new.
  for (let size = 0; size < within.size;) {
    size = within.size;
    for (const it of all) if (within.has(parentOf(statusOf(it)))) within.add(it);
  }
  return [...within].filter((it) => it !== pid && isFirst(it, within));
}

/** In its own numbering it is process 1, which the last number of `NSpid` tells. */
function isFirst(pid: number, found: ReadonlySet<number>): boolean {
  const status = statusOf(pid);
  const numbers = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.split(/\s+/);
  if (numbers !== undefined) return numbers.length > 1 && numbers.at(-1) === '1';
  return !found.has(parentOf(status));
}

function statusOf(pid: number): string {
  return readText(`/proc/${pid}/status`);
}

function parentOf(status: string): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
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
