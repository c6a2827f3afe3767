import { residentBytesOn } from './process-tree.ts';

/** Elsewhere it takes a `ps` each time, which every 50 ms would cost more than the task. */
const PERIOD_MS: Partial<Record<NodeJS.Platform, number>> = { linux: 50 };
const SLOW_PERIOD_MS = 250;

export interface MemoryWatch {
  /** `undefined` while there is none that can be seen. */
  readonly pid: () => number | undefined;
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
    const found = pid();
    if (busy || found === undefined) return;
    busy = true;
    const resident = await residentBytes(found);
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
