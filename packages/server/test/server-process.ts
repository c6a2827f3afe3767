import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ServerLimits } from '../src/server-limits.ts';

/** A server as a process of its own, with the process that serves below it. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The serving processes, as they are now. */
  readonly children: () => readonly number[];
  readonly signal: (name: NodeJS.Signals) => void;
  /** Exit code or signal. */
  readonly exited: Promise<number | string>;
  readonly lines: readonly string[];
  /** Settles when somebody said it. */
  readonly said: (what: RegExp) => Promise<void>;
}

export interface ServerProcessOptions {
  readonly data: string;
  readonly limits?: Partial<ServerLimits>;
  readonly address?: string;
  /** The descriptor of a socket that it gets as systemd would pass it on. */
  readonly inherited?: number;
  readonly environment?: NodeJS.ProcessEnv;
}

const ACTIVATE = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@"';

export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const script = join(import.meta.dirname, 'supervisor.ts');
  const limits = JSON.stringify(options.limits ?? {});
  const { data, address = '127.0.0.1:0', inherited, environment } = options;
  const argv = [script, data, limits, address];
  const env = { ...process.env, ...environment };
  // The shell becomes the server, so that the process that is named is the one that gets it.
  const [program, args] =
    inherited === undefined
      ? [process.execPath, argv]
      : ['/bin/sh', ['-c', ACTIVATE, process.execPath, ...argv]];
  const stdio = ['ignore', 'ignore', 'pipe', inherited ?? 'ignore'] as const;
  const child = spawn(program, args, { stdio: [...stdio], env });
  const { stderr } = child;
  if (stderr === null) throw new Error('no stderr');
  const lines: string[] = [];
  const waiting = new Set<{ readonly what: RegExp; readonly heard: () => void }>();
  createInterface({ input: stderr }).on('line', (line) => {
    lines.push(line);
    for (const it of waiting) if (it.what.test(line)) it.heard();
  });
  const said = (what: RegExp): Promise<void> =>
    new Promise((resolve) => {
      if (lines.some((line) => what.test(line))) resolve();
      else waiting.add({ what, heard: resolve });
    });
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? -1));
  });
  const died = exited.then((how) => {
    throw new Error(`the server ended (${how}): ${lines.join('\n')}`);
  });
  died.catch(() => undefined);
  await Promise.race([said(/^listening on /), died]);
  const url = lines.find((line) => line.startsWith('listening on '))?.slice(13) ?? '';
  const pid = child.pid ?? 0;
  return {
    url,
    port: Number(new URL(url).port),
    pid,
    children: () => childrenOf(pid),
    signal: (name) => void child.kill(name),
    exited,
    lines,
    said,
    async [Symbol.asyncDispose]() {
      const children = childrenOf(pid);
      child.kill('SIGKILL');
      await exited;
      for (const it of children) endProcess(it);
    },
  };
}

/** From `/proc`: a process that was just started may be in the list before it serves. */
function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself when its parent did.
  }
}

/** Resident memory of a process, and the most that it ever was, in bytes. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1_024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}
