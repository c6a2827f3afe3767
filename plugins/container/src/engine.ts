import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { fail, succeed } from '@skein/model';
import type { Failure, Result } from '@skein/model';
import { readInfo } from './engine-info.ts';
import type { EngineFeatures, EngineKind } from './engine-info.ts';

/** The environment that an engine is called with: its settings, credentials and sockets. */
export type EngineEnvironment = Readonly<Record<string, string | undefined>>;

export interface EngineOutcome {
  /** `null`: it could not be started, or was ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  /** Where it could not be started: why. */
  readonly stderr: string;
}

export interface EngineCall {
  /** Ends the call (not what the engine does elsewhere by then). */
  readonly signal?: AbortSignal;
  /**
   * How `signal` ends it. Default: by SIGTERM. What is ended with care has a process group of its
   * own, which Ctrl-C does not reach.
   */
  readonly end?: (call: ChildProcess) => void;
  /** Each line as it comes, without its end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** It is ended when it takes longer. Default: half a minute; `null`: as long as it takes. */
  readonly limitMs?: number | null;
  /** What it reads. */
  readonly input?: string;
  /** Variables beside, or instead of, those of the engine's environment. */
  readonly variables?: EngineEnvironment;
}

export interface EngineSpawn {
  readonly variables?: EngineEnvironment;
  /** A process group of its own, which Ctrl-C does not reach. */
  readonly detached?: boolean;
}

/** Podman or Docker, by its command line. */
export interface Engine extends EngineFeatures {
  readonly kind: EngineKind;
  /** Absolute path of its program. */
  readonly path: string;
  readonly environment: EngineEnvironment;
  /** Runs a command to its end; never rejects. */
  run: (args: readonly string[], call?: EngineCall) => Promise<EngineOutcome>;
  /** Starts a command; nothing to read, output in pipes. */
  spawn: (args: readonly string[], how?: EngineSpawn) => ChildProcess;
}

export interface EngineSearch {
  /** `podman`, `docker` or the absolute path of either; absent: the first that answers. */
  readonly wanted?: string | undefined;
  /** The command's environment, in whose `PATH` it is looked for. */
  readonly environment: EngineEnvironment;
  /** How long it may take to answer. */
  readonly limitMs?: number;
}

/** An engine that takes as long to say something hangs. */
const ANSWER_MS = 30_000;
const KINDS: readonly EngineKind[] = ['podman', 'docker'];
const CDI_FOLDERS = ['/etc/cdi', '/var/run/cdi'];
/** What is kept of what an engine says, in a message. */
const SAID_CHARACTERS = 600;

/** Finds the engine, and asks it what it can do: it must answer, not just be installed. */
export async function findEngine(search: EngineSearch): Promise<Result<Engine>> {
  const { wanted, environment, limitMs } = search;
  const names = wanted === undefined ? KINDS : [wanted];
  const said: (readonly [string, string])[] = [];
  for (const name of names) {
    const path = await findProgram(name, environment);
    if (path === undefined) {
      said.push([name, isAbsolute(name) ? 'is no program' : 'is not on the PATH']);
      continue;
    }
    const engine = await askEngine({ path, environment }, limitMs);
    if (engine.ok) return engine;
    said.push([path, engine.failure.headline]);
  }
  return fail(noEngine(wanted, said));
}

async function askEngine(program: Program, limitMs = ANSWER_MS): Promise<Result<Engine>> {
  const call = (args: readonly string[]): Promise<EngineOutcome> =>
    runEngine(program, args, { limitMs });
  const version = await call(['--version']);
  const kind = KINDS.find((it) => version.stdout.toLowerCase().startsWith(it));
  if (kind === undefined) return fail(silent(version, 'it is neither podman nor Docker'));
  const format = kind === 'podman' ? 'json' : '{{json .}}';
  const info = await call(['info', '--format', format]);
  const text = info.code === 0 ? info.stdout : '';
  const features = readInfo({ kind, text, describesGpus: await describesGpus() });
  if (features === undefined) return fail(silent(info, 'it tells nothing of itself'));
  return succeed({
    ...features,
    ...program,
    kind,
    run: (args, how) => runEngine(program, args, how),
    spawn: (args, how) => spawnEngine(program, args, how),
  });
}

interface Program {
  readonly path: string;
  readonly environment: EngineEnvironment;
}

function spawnEngine(
  { path, environment }: Program,
  args: readonly string[],
  { variables, detached = false }: EngineSpawn = {},
): ChildProcess {
  return spawn(path, args, {
    env: { ...environment, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
    windowsHide: true,
  });
}

export function runEngine(
  { path, environment }: Program,
  args: readonly string[],
  { signal, end, onLine, input, variables, limitMs = ANSWER_MS }: EngineCall = {},
): Promise<EngineOutcome> {
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      env: { ...environment, ...variables },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      detached: end !== undefined,
      ...(signal !== undefined && end === undefined && { signal }),
    });
    const abort = (): void => end?.(child);
    signal?.addEventListener('abort', abort, { once: true });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      const lines = splitLines((line) => onLine?.(line, name));
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        text[name] += chunk;
        lines.push(chunk);
      });
      child[name].once('end', () => lines.end());
    }
    let trouble = '';
    child.once('error', (error) => {
      trouble = error.message;
      if (child.pid === undefined) resolve({ code: null, stdout: '', stderr: trouble });
    });
    const timer = limitMs === null ? undefined : setTimeout(() => tooLong(limitMs), limitMs);
    const tooLong = (ms: number): void => {
      child.kill('SIGKILL');
      const stderr = `it does not answer: nothing for ${ms / 1000} s`;
      resolve({ code: null, stdout: text.stdout, stderr });
    };
    child.once('close', (code) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve({ code, stdout: text.stdout, stderr: text.stderr || trouble });
    });
    // It may end without having read.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

/** A program that rewrites its line ends it with a carriage return: each state is a line. */
function splitLines(tell: (line: string) => void): {
  readonly push: (chunk: string) => void;
  readonly end: () => void;
} {
  let rest = '';
  return {
    push: (chunk) => {
      const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) tell(line);
    },
    end: () => {
      if (rest !== '') tell(rest.replace(/\r$/, ''));
      rest = '';
    },
  };
}

export async function findProgram(
  name: string,
  environment: EngineEnvironment,
): Promise<string | undefined> {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((it) => it !== '');
  const candidates = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
  for (const candidate of candidates) {
    if (await isProgram(candidate)) return candidate;
  }
  return undefined;
}

/** Where the tools of the gpus' maker write what podman hands over by name. */
async function describesGpus(): Promise<boolean> {
  const listed = await Promise.all(CDI_FOLDERS.map((it) => readdir(it).catch(() => [])));
  return listed.flat().some((name) => name.includes('nvidia'));
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** What an engine said last, for people. */
export function whatItSaid({ code, stdout, stderr }: EngineOutcome): string {
  const said = (stderr.trim() || stdout.trim()).slice(-SAID_CHARACTERS);
  if (said !== '') return said;
  return code === null ? 'nothing; it was ended by a signal' : `nothing; it ended with ${code}`;
}

function silent(outcome: EngineOutcome, otherwise: string): Failure {
  const headline = outcome.code === 0 ? otherwise : whatItSaid(outcome);
  return { code: 'container-engine', kind: 'environment', headline, facts: [] };
}

function noEngine(
  wanted: string | undefined,
  said: readonly (readonly [string, string])[],
): Failure {
  return {
    code: 'container-engine',
    kind: 'environment',
    headline: 'no container engine answers',
    facts: [['looked for', wanted ?? 'podman, docker'], ...said],
    hint: 'install podman or start Docker, or run without containers: --executor pool',
  };
}
