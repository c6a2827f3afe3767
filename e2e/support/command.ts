import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { repository, type Sandbox } from './sandbox.ts';

export interface CommandRequest {
  /** Where it starts; the root of the sandbox unless told. */
  readonly cwd?: string;
  /** Added to a clean environment; `undefined` takes a variable out of it. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Numeric id of another user and group. */
  readonly user?: number;
  /** Flags of Node itself. */
  readonly node?: readonly string[];
  readonly stdin?: string;
  /** When it is taken for hanging; two minutes unless told. */
  readonly limitMs?: number;
}

/** How a command ended, with everything it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What is matched first in what it wrote so far, or writes; rejects where it ends before. */
  said(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** Longer than this no run here takes: a command that hangs is ended, and its test fails. */
const LIMIT_MS = 120_000;

const launcher = join(repository, 'packages', 'skein', 'bin', 'skein.cjs');

/** The `skein` command, in a sandbox, to its end. */
export async function skein(
  sandbox: Sandbox,
  args: readonly string[],
  request: CommandRequest = {},
): Promise<Ended> {
  return await startSkein(sandbox, args, request).ended;
}

export function startSkein(
  sandbox: Sandbox,
  args: readonly string[],
  request: CommandRequest = {},
): Started {
  const { node = [] } = request;
  return start(sandbox, [process.execPath, ...node, launcher, ...args], request);
}

/** Any program, with the workspace's Node first in PATH. */
export function start(
  sandbox: Sandbox,
  [program = '', ...args]: readonly string[],
  request: CommandRequest = {},
): Started {
  const { cwd = sandbox.root, variables = {}, user, stdin, limitMs = LIMIT_MS } = request;
  const child = spawn(program, args, {
    cwd,
    env: { ...cleanEnvironment(sandbox), ...variables },
    detached: true,
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  const { pid } = child;
  child.stdin?.end(stdin);
  const output = { stdout: '', stderr: '' };
  const heard = new EventEmitter();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      heard.emit('more');
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    const timer = setTimeout(() => {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      reject(new Error(`${args.join(' ')} does not end\n${output.stdout}\n${output.stderr}`));
    }, limitMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...output });
    });
  });
  if (pid === undefined) throw new Error(`${program} does not start`);
  const said = async (pattern: RegExp): Promise<string> => {
    const find = (): string | undefined => pattern.exec(output.stdout + output.stderr)?.[1];
    const ending = new AbortController();
    const { signal } = ending;
    void ended.then(
      () => ending.abort(),
      () => ending.abort(),
    );
    for (let found = find(); ; found = find()) {
      if (found !== undefined) return found;
      if (signal.aborted) throw new Error(`it never says ${pattern}\n${JSON.stringify(output)}`);
      await once(heard, 'more', { signal }).catch(() => undefined);
    }
  };
  return { pid, ended, said, kill: (signal) => void process.kill(pid, signal) };
}

/** Fails with everything that the command wrote. */
export function checkCode(ended: Ended, code: number): void {
  if (ended.code === code) return;
  const how = ended.signal ?? `exit ${ended.code}`;
  throw new Error(`${how} instead of exit ${code}\n${ended.stdout}\n${ended.stderr}`);
}

/** Nx tells what it runs to use colours, whoever reads them. */
export function withoutColours(ended: Ended): Ended {
  const { stdout, stderr } = ended;
  return {
    ...ended,
    stdout: stripVTControlCharacters(stdout),
    stderr: stripVTControlCharacters(stderr),
  };
}

/** Nothing of the shell, the test runner or npm that runs these tests. */
export function cleanEnvironment({ home }: Sandbox): Readonly<Record<string, string>> {
  const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  return { PATH: path, HOME: home };
}
