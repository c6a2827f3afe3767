import { setTimeout } from 'node:timers/promises';
import type { CommandIo } from './io.ts';
import { open } from '../open.ts';
import { run } from '../run.ts';
import { readVersion } from '../version.ts';

/** What a program that calls the command in its own process says otherwise. */
export interface ProcessIoRequest
  extends Pick<CommandIo, 'initiator'>, Partial<Pick<CommandIo, 'cwd' | 'environment' | 'stdin'>> {}

const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The command's world as this process has it. */
export function processIo(request: ProcessIoRequest): CommandIo {
  const { stdout, stderr, env } = process;
  return {
    stdout,
    stderr,
    environment: request.environment ?? env,
    cwd: request.cwd ?? process.cwd(),
    initiator: request.initiator,
    /** Opened when it is first read: a terminal that nobody reads must not keep the process. */
    get stdin() {
      return request.stdin ?? process.stdin;
    },
    clock: { now: () => Date.now(), elapsed: () => performance.now() },
    every: (intervalMs, tick) => {
      const timer = setInterval(tick, intervalMs).unref();
      return () => clearInterval(timer);
    },
    wait: async (durationMs, signal) => {
      await setTimeout(durationMs, undefined, { signal }).catch(() => undefined);
    },
    onInterrupt: (interrupt) => {
      for (const signal of INTERRUPTIONS) process.on(signal, interrupt);
      return () => {
        for (const signal of INTERRUPTIONS) process.off(signal, interrupt);
      };
    },
    version: readVersion,
    open: (opening) => open(opening, run),
    process,
  };
}
