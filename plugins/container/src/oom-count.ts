import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/**
 * Counts what the system ended in the control group of a process because its memory limit was
 * reached: the process, or what it started. `undefined`: nobody can say from here, or the group is
 * gone.
 */
export function oomCounterOf(pid: number): () => number | undefined {
  const file = counterFile(readText(`/proc/${pid}/cgroup`) ?? '');
  return () => {
    const text = file === undefined ? undefined : readText(file);
    const count = text === undefined ? undefined : /^oom_kill (\d+)$/m.exec(text)?.[1];
    return count === undefined ? undefined : Number(count);
  };
}

/** Lines are `number:controllers:path`; without controllers it is of the second generation. */
export function counterFile(groups: string): string | undefined {
  const lines = groups.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const first = lines.find((line) => line?.[1]?.split(',').includes('memory'))?.[2];
  if (first !== undefined) return join(ROOT, 'memory', first, 'memory.oom_control');
  const second = lines.find((line) => line?.[1] === '')?.[2];
  return second === undefined ? undefined : join(ROOT, second, 'memory.events');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
