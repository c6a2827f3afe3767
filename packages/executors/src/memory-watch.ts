import { residentBytesOn } from './process-tree.ts';

/** Elsewhere it takes a `ps` each time, which every 50 ms would cost more than the task. */
const PERIOD_MS: Partial<Record<NodeJS.Platform, number>> = { linux: 50 };
const SLOW_PERIOD_MS = 250;

export interface MemoryWatch {
  readonly pid: number;
  readonly limitBytes: number;
  /** Called once, when the limit is passed. */
  readonly exceeded: (residentBytes: number) => void;
}

/** Watches resident memory of a process and its subprocesses (X3); returns what ends the watch. */
export function watchMemory({ pid, limitBytes, exceeded }: MemoryWatch): () => void {
  const residentBytes = residentBytesOn(process.platform);
  let ended = false;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const resident = await residentBytes(pid);
    busy = false;
    if (ended || resident <= limitBytes) return;
    end();
    exceeded(resident);
  };
  const timer = setInterval(() => void look(), PERIOD_MS[process.platform] ?? SLOW_PERIOD_MS);
  timer.unref();
  const end = (): void => {
    ended = true;
    clearInterval(timer);
  };
  return end;
}
