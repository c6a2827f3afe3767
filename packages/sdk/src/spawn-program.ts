import type { ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout } from 'node:timers';
import type { ActionScope } from './host.ts';
import { endGroup, programEnvironment } from './plain-program.ts';

/*
 * P1  A program leads a process group of its own, and nothing of the group outlives it.
 * P2  When its action is to stop it is asked to end, and soon after it is ended: within the time
 *     that an action has before its process is ended with all in it.
 * P3  What it prints goes to the log as it comes; no more is kept than is asked for.
 */

export interface ProgramOrder {
  readonly program: string;
  readonly args: readonly string[];
  /** The same for observers, where the arguments do not show what they name. */
  readonly shown: readonly string[];
  /** Path of the file that is piped in. */
  readonly stdin: string | undefined;
  /** Streams that are a part of the result, and so are kept whole. */
  readonly kept: ReadonlySet<'stdout' | 'stderr'>;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Printed;
  readonly stderr: Printed;
  /** It could not be started. */
  readonly error?: Error;
}

export interface Printed {
  /** The last that was printed. */
  readonly tail: string;
  /** All of it; `undefined`: nobody asked for it, or it was too much. */
  readonly whole: Buffer | undefined;
}

export type ProgramScope = Pick<ActionScope, 'print' | 'start' | 'signal'>;

const PRINTED_NOTHING = {
  stdout: { tail: '', whole: undefined },
  stderr: { tail: '', whole: undefined },
};

/** What is kept of a stream at most. */
export const WHOLE_BYTES = 64 << 20;
const TAIL_BYTES = 4 << 10;
const GRACE_MS = 100;
/** What left the group may hold a pipe open for ever. */
const DRAIN_MS = 200;

/** Runs a program to its end. Rejects with the signal's reason where the action is to stop. */
export async function spawnProgram(order: ProgramOrder, scope: ProgramScope): Promise<ProgramEnd> {
  const { spawn } = await import('node:child_process');
  const stdin = order.stdin === undefined ? undefined : await open(order.stdin);
  const env = programEnvironment();
  try {
    scope.signal.throwIfAborted();
    const start = { program: order.program, args: order.shown };
    return await scope.start(start, async () => {
      scope.signal.throwIfAborted();
      let child: ChildProcess;
      try {
        child = spawn(order.program, order.args, {
          env,
          stdio: [stdin?.fd ?? 'ignore', 'pipe', 'pipe'],
          detached: true,
          windowsHide: true,
        });
      } catch (error) {
        // Some of what keeps a program from starting is thrown at once.
        return { exitCode: null, signal: null, ...PRINTED_NOTHING, error: error as Error };
      }
      return await new Running(child, order, scope).ended;
    });
  } finally {
    await stdin?.close();
  }
}

class Running {
  readonly ended: Promise<ProgramEnd>;
  readonly #child: ChildProcess;
  readonly #scope: ProgramScope;
  readonly #stdout: Stream;
  readonly #stderr: Stream;
  #error: Error | undefined;

  constructor(child: ChildProcess, { kept }: ProgramOrder, scope: ProgramScope) {
    this.#child = child;
    this.#scope = scope;
    this.#stdout = this.#listen('stdout', kept.has('stdout'));
    this.#stderr = this.#listen('stderr', kept.has('stderr'));
    this.ended = this.#run();
  }

  #listen(name: 'stdout' | 'stderr', whole: boolean): Stream {
    const stream = new Stream(whole, (text) => this.#scope.print(name, text));
    this.#child[name]?.on('data', (chunk: Buffer) => {
      // Nobody can use a part of it.
      if (!stream.push(chunk)) this.#end('SIGKILL');
    });
    this.#child[name]?.on('error', () => undefined);
    return stream;
  }

  async #run(): Promise<ProgramEnd> {
    const { signal } = this.#scope;
    let forced: NodeJS.Timeout | undefined;
    const stop = (): void => {
      this.#end('SIGTERM');
      forced = setTimeout(() => this.#end('SIGKILL'), GRACE_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const [exitCode, ended] = await this.#exited();
      signal.throwIfAborted();
      const printed = { stdout: this.#stdout.finish(), stderr: this.#stderr.finish() };
      const error = this.#error;
      return { exitCode, signal: ended, ...printed, ...(error !== undefined && { error }) };
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(forced);
    }
  }

  /** Once it has ended, with all that it left behind, and what they printed has been read. */
  async #exited(): Promise<[number | null, NodeJS.Signals | null]> {
    const child = this.#child;
    return await new Promise((resolve) => {
      let drained: NodeJS.Timeout | undefined;
      let end: [number | null, NodeJS.Signals | null] = [null, null];
      const done = (): void => {
        clearTimeout(drained);
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(end);
      };
      child.once('error', (error) => {
        if (child.pid !== undefined) return;
        this.#error = error;
        done();
      });
      child.once('exit', (code, signal) => {
        end = [code, signal];
        this.#end('SIGKILL');
        drained = setTimeout(done, DRAIN_MS);
      });
      child.once('close', done);
    });
  }

  #end(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child;
    if (pid !== undefined) endGroup(pid, signal);
  }
}

/** What comes out of one pipe. */
class Stream {
  readonly #print: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #whole: Buffer[] | undefined;
  #bytes = 0;
  #tail: Buffer = Buffer.alloc(0);

  constructor(whole: boolean, print: (text: string) => void) {
    this.#whole = whole ? [] : undefined;
    this.#print = print;
  }

  /** `false`: it is to be kept whole, and is more than can be. */
  push(chunk: Buffer): boolean {
    this.#print(this.#decoder.write(chunk));
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    if (this.#whole === undefined) return true;
    this.#whole.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes <= WHOLE_BYTES) return true;
    this.#whole = undefined;
    return false;
  }

  finish(): Printed {
    const rest = this.#decoder.end();
    if (rest !== '') this.#print(rest);
    return {
      // It may begin within a character.
      tail: this.#tail.toString('utf8').replace(/^\uFFFD{1,3}/, ''),
      whole: this.#whole === undefined ? undefined : Buffer.concat(this.#whole),
    };
  }
}
