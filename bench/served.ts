import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runProgram } from './run-program.ts';
import type { Place } from './place.ts';
import { binOf } from './place.ts';

/** A `skein cache-server` on a folder of its own. */
export class Served implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  /** Starts it, and waits until it says where it listens. */
  static async start(place: Pick<Place, 'root' | 'environment'>, data: string): Promise<Served> {
    const args = ['cache-server', '--listen', '127.0.0.1:0', '--data', data, '--log', 'none'];
    const child = spawn(binOf(place.root, 'skein'), args, {
      env: place.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.resume();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const said: string[] = [];
    child.once('exit', () => reject(new Error(`the server ended: ${said.join(' ')}`)));
    createInterface(child.stderr).on('line', (line) => {
      said.push(line);
      const url = /listening on (http:\/\/[\d.]+:\d+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    return new Served(await promise, child);
  }

  /** Resident memory of the process that serves, bytes; `most`: ever. */
  memory(which: 'now' | 'most'): number {
    const name = which === 'now' ? 'VmRSS' : 'VmHWM';
    const pid = childOf(this.#child.pid ?? 0);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return Number(kibibytes) * 1_024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}

/** A token that writes and reads the trusted scope of a data folder. */
export async function createToken(
  { root, environment }: Pick<Place, 'root' | 'environment'>,
  data: string,
): Promise<string> {
  const args = ['cache-server', 'token', 'create', '--data', data, '--scope', 'trusted'];
  const file = binOf(root, 'skein');
  const { stdout } = await runProgram({ file, args, cwd: root, environment });
  return stdout.trim();
}

/** The one process that a process started; Linux alone tells. */
function childOf(pid: number): number {
  const child = readdirSync('/proc').find((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  if (child === undefined) throw new Error('the server has no process that serves');
  return Number(child);
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
