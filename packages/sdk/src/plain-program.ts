import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore } from './file-store.ts';
import { currentHost } from './host.ts';
import { isCode } from './loose-files.ts';
import type { ActionScope, FileHost } from './host.ts';
import type { Logger } from './logger.ts';

/*
 * What the SDK falls back on where nobody runs it: the console, a folder for temporary files,
 * a signal that never aborts. The only place in the SDK that reaches for the process.
 */

type PlainScope = Omit<ActionScope, 'call' | 'map' | 'group' | 'checkpoint' | 'save' | 'load'>;

/** Taken before a worker watches them: what `durable` reads is told as an impurity of its own. */
export const wallClock = Date.now.bind(Date);
export const randomNumber = Math.random.bind(Math);
export const randomId = randomUUID;

let folder: string | undefined;
let files: FileHost | undefined;

const logger: Logger = {
  debug: (...line) => console.debug(...line),
  info: (...line) => console.info(...line),
  warn: (...line) => console.warn(...line),
  error: (...line) => console.error(...line),
};

export const plainScope: PlainScope = {
  run: 'none',
  action: 0,
  attempt: 1,
  signal: new AbortController().signal,
  logger,
  scratch: () => mkdtempSync(join(temporaryFolder(), 'scratch-')),
  progress: () => undefined,
  print: (stream, text) => void process[stream].write(text),
  start: (_, spawn) => spawn(),
  contained: false,
};

/** What a program gets that is started for whoever asks: a copy of what they see. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env };
}

/** Ends a program with all that it started: it leads a group of its own, but on Windows. */
export function endGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    // Nobody is left, or nobody that is ours.
    if (!isCode(error, 'ESRCH') && !isCode(error, 'EPERM')) throw error;
  }
}

/** Where the bytes of files are kept: with the host, or in a folder that goes with the process. */
export function currentFiles(): FileHost {
  const host = currentHost();
  if (host !== undefined) return host.files;
  files ??= createFileStore(join(temporaryFolder(), 'files'));
  return files;
}

/** Timers count no further. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Rejects with the signal's reason. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  for (let rest = ms; rest > 0; rest -= TIMER_MAX_MS) {
    await waitOnce(Math.min(rest, TIMER_MAX_MS), signal);
  }
}

function waitOnce(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}

function temporaryFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'skein-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}
