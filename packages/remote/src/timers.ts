/** Time that passes enters through this port. */
export interface Timers {
  /** Calls after so many milliseconds; gives what prevents that. */
  readonly after: (ms: number, call: () => void) => () => void;
}

export const systemTimers: Timers = {
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many milliseconds, or when the signal is given. */
export function pause(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const ended = (): void => {
      cancel();
      signal?.removeEventListener('abort', ended);
      resolve();
    };
    const cancel = timers.after(ms, ended);
    signal?.addEventListener('abort', ended);
  });
}
