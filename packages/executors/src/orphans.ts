import { readFileSync, readdirSync } from 'node:fs';
import { childrenOf } from './process-tree.ts';

/** Rounds in which what is being ended may still start others. */
const MAX_ROUNDS = 16;

/*
 * Whatever a worker starts has the worker's scratch folder as its `TMPDIR`, also where it left the
 * process group and its parent has ended. On Linux that tells whose it is; elsewhere only the
 * group does.
 */

/** Ends a process, its group, and everything below it, as long as it is there to be asked. */
export function endTree(pid: number): void {
  const found = new Set<number>();
  if (process.platform === 'linux') {
    // Stopped before it is asked for its children: what is dead names none, what runs has more.
    let fresh: readonly number[] = [pid];
    for (let round = 0; fresh.length > 0 && round < MAX_ROUNDS; round += 1) {
      for (const it of fresh) {
        signal(it, 'SIGSTOP');
        found.add(it);
      }
      fresh = belowOf(pid).filter((it) => !found.has(it));
    }
  }
  endGroup(pid);
  for (const it of found) signal(it, 'SIGKILL');
}

/** Ends a process group: that of a worker, whether it is still there or not. */
export function endGroup(pid: number): void {
  if (process.platform !== 'win32') signal(-pid, 'SIGKILL');
}

/** Ends all processes whose `TMPDIR` is the folder or lies in it. */
export function endWithin(folder: string): void {
  if (process.platform !== 'linux') return;
  const ended = new Set<number>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = processesWithin(folder).filter((pid) => !ended.has(pid));
    if (found.length === 0) return;
    for (const pid of found) {
      signal(pid, 'SIGKILL');
      ended.add(pid);
    }
  }
}

function belowOf(pid: number): readonly number[] {
  const found: number[] = [];
  const pending = [...childrenOf(pid)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    found.push(next);
    pending.push(...childrenOf(next));
  }
  return found;
}

function processesWithin(folder: string): readonly number[] {
  const own = `TMPDIR=${folder}`;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && isWithin(pid, own));
}

function isWithin(pid: number, own: string): boolean {
  let environment: string;
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // Gone, or somebody else's.
    return false;
  }
  return environment.split('\0').some((it) => it === own || it.startsWith(`${own}/`));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone.
  }
}
