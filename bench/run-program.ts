import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A program, and the world it is started in. */
export interface Program {
  /** Absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Also watch the memory of this process, without the processes it starts. */
  readonly watchMemory?: boolean;
  /** After this it is killed; three minutes unless told. */
  readonly limitMs?: number;
}

/** What a program that succeeded did. */
export interface ProgramRun {
  /** From before it was started until it had exited. */
  readonly wallMs: number;
  /** Its largest resident memory; absent where the system has no `/proc`. */
  readonly peakBytes?: number;
  readonly stdout: string;
}

const defaultLimitMs = 180_000;
const lookEveryMs = 10;

/** Runs a program to its end. Throws, with what it wrote last, where its exit code is not 0. */
export function runProgram(program: Program): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let wallMs = 0;
    const child = spawn(program.file, program.args, {
      cwd: program.cwd,
      env: program.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: program.limitMs ?? defaultLimitMs,
      killSignal: 'SIGKILL',
    });
    const memory = program.watchMemory ? watchMemory(child.pid) : undefined;
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('exit', () => (wallMs = performance.now() - started));
    child.on('close', (code, signal) => {
      const peakBytes = memory?.();
      const stdout = Buffer.concat(out).toString();
      if (code === 0) {
        resolve({ wallMs, stdout, ...(peakBytes !== undefined && { peakBytes }) });
        return;
      }
      const said = verdictIn(Buffer.concat(err).toString()) || verdictIn(stdout);
      const end = code === null ? `was killed by ${signal}` : `ended with exit code ${code}`;
      reject(new Error(`${end}: ${said}`));
    });
  });
}

/**
 * Reads the high-water mark that Linux keeps of a process, until the returned function is called.
 * The mark never falls, so what can be missed is a rise in the last few milliseconds.
 */
function watchMemory(pid: number | undefined): () => number | undefined {
  let peak: number | undefined;
  const look = (): void => {
    if (pid !== undefined) peak = readPeak(pid) ?? peak;
  };
  const timer = setInterval(look, lookEveryMs);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

function readPeak(pid: number): number | undefined {
  try {
    return peakIn(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // The process is gone, or the system has no /proc.
    return undefined;
  }
}

/** The peak of resident memory in bytes, in the text of `/proc/<pid>/status`. */
export function peakIn(status: string): number | undefined {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** The first line that names the error, or the last one. */
function verdictIn(text: string): string {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  const named = lines.find((line) => /^(?:npm )?\w*error\b/i.test(line));
  return named ?? lines.at(-1) ?? '';
}
