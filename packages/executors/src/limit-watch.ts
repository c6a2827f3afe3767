import type { Limits } from './demand.ts';
import { watchDisk } from './disk-watch.ts';
import { watchMemory } from './memory-watch.ts';

/** A limit that a process passed. */
export interface Excess {
  readonly limit: 'memory' | 'disk';
  readonly usedBytes: number;
  readonly limitBytes: number;
}

export interface LimitWatch {
  /** Of none its memory is not watched: it is not there yet, or cannot be seen from here. */
  readonly pid: () => number | undefined;
  /** Scratch folder of the process. */
  readonly scratch: string;
  readonly limits: Limits;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
  /** Called when a limit is passed. */
  readonly exceeded: (excess: Excess) => void;
}

/** Holds a process with its subprocesses to its limits (X3); returns what ends the watch. */
export function watchLimits({ pid, scratch, limits, elapsed, exceeded }: LimitWatch): () => void {
  const { memoryBytes, diskBytes } = limits;
  const ends: (() => void)[] = [];
  if (memoryBytes !== undefined) {
    const tell = (usedBytes: number): void =>
      exceeded({ limit: 'memory', usedBytes, limitBytes: memoryBytes });
    ends.push(watchMemory({ pid, limitBytes: memoryBytes, exceeded: tell }));
  }
  if (diskBytes !== undefined) {
    const tell = (usedBytes: number): void =>
      exceeded({ limit: 'disk', usedBytes, limitBytes: diskBytes });
    ends.push(watchDisk({ folder: scratch, limitBytes: diskBytes, elapsed, exceeded: tell }));
  }
  return () => {
    for (const end of ends) end();
  };
}
