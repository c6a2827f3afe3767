import { spawn } from 'node:child_process';
import { extname, join } from 'node:path';
import type { Evaluated } from './evaluate.ts';

/** A configuration that takes longer is taken for one that never ends. */
const LIMIT_MS = 30_000;

/** Evaluates configurations, all in one process as long as none of them ends it. */
export async function evaluateAll(files: readonly string[]): Promise<readonly Evaluated[]> {
  const done: Evaluated[] = [];
  while (done.length < files.length) {
    const { reports, ended } = await evaluateSome(files.slice(done.length));
    done.push(...reports);
    const next = files[done.length];
    if (next !== undefined) done.push({ file: next, modules: [next], error: ended });
  }
  return done;
}

interface Some {
  readonly reports: readonly Evaluated[];
  /** How the process ended, for the file that it did not get over. */
  readonly ended: string;
}

async function evaluateSome(files: readonly string[]): Promise<Some> {
  // Beside the sources lies the source, in the package what was compiled.
  const program = join(import.meta.dirname, `evaluate${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [program, ...files], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let text = '';
  const report = child.stdio[3] as NodeJS.ReadableStream;
  report.setEncoding('utf8');
  report.on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(describeEnd(code, signal)));
  });
  const lines = text.split('\n').slice(0, -1);
  return { reports: lines.map((line) => JSON.parse(line) as Evaluated), ended };
}

/** Node's own exit code for a module that waits for what never comes. */
const WAITS_FOR_EVER = 13;

function describeEnd(code: number | null, signal: string | null): string {
  if (signal === 'SIGKILL') return `it takes longer than ${LIMIT_MS / 1_000} s`;
  if (code === WAITS_FOR_EVER) return 'it waits for something that never happens';
  return `its process ended with ${signal ?? `code ${code}`}`;
}
