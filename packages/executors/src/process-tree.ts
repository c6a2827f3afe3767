import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** Resident memory of a process and everything below it, in bytes; 0 once it is gone. */
export type ResidentBytes = (pid: number) => Promise<number>;

/** From `/proc` where there is one, else from `ps`. */
export function residentBytesOn(platform: NodeJS.Platform): ResidentBytes {
  return platform === 'linux' ? fromProc : fromPs;
}

async function fromProc(pid: number): Promise<number> {
  let bytes = 0;
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const status = readText(`/proc/${next}/status`);
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    bytes += Number(resident ?? 0) * 1024;
    pending.push(...childrenOf(next));
  }
  return bytes;
}

/** Each thread lists the processes that it started. */
export function childrenOf(pid: number): readonly number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return threads.flatMap((thread) =>
    readText(`/proc/${pid}/task/${thread}/children`)
      .split(' ')
      .filter((child) => child !== '')
      .map(Number),
  );
}

/** A process may end between being listed and being read. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly kilobytes: number;
}

async function fromPs(pid: number): Promise<number> {
  const rows = parsePs(await runPs());
  const below = new Set([pid]);
  for (let size = 0; size !== below.size;) {
    size = below.size;
    for (const row of rows) if (below.has(row.parent)) below.add(row.pid);
  }
  const kilobytes = rows.filter((row) => below.has(row.pid)).map((row) => row.kilobytes);
  return kilobytes.reduce((sum, amount) => sum + amount, 0) * 1024;
}

/** Rows of `ps -axo pid=,ppid=,rss=`. */
export function parsePs(text: string): readonly ProcessRow[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((row) => row.length === 3)
    .map(([pid = 0, parent = 0, kilobytes = 0]) => ({ pid, parent, kilobytes }));
}

function runPs(): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-axo', 'pid=,ppid=,rss='], (error, text) => resolve(error ? '' : text));
  });
}
