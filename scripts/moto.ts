import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from './workspace.ts';

/** An S3 server that others wrote, for tests: https://docs.getmoto.org/en/latest/docs/server_mode.html */
export interface Moto {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** What the AWS SDK has to find in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes an empty bucket. */
  readonly createBucket: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const version = '5.2.5';
const cache = join(root, 'node_modules', '.cache', 'skein-moto');
const venv = join(cache, version);
const ready = join(venv, 'ready');
const lock = join(cache, 'lock');
const pollMs = 100;
const lockStaleMs = 60_000;
const prepareMs = 600_000;
const startMs = 60_000;

/** Makes the Python environment where it is missing; the first one to come does it for all. */
export async function prepareMoto(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  for (const end = Date.now() + prepareMs; !existsSync(ready); await wait(pollMs)) {
    if (Date.now() > end) throw new Error(`nobody prepared moto in ${prepareMs / 1_000} s`);
    if (!takeLock()) continue;
    const alive = setInterval(() => utimesSync(lock, new Date(), new Date()), lockStaleMs / 6);
    try {
      if (!existsSync(ready)) await makeEnvironment();
    } finally {
      clearInterval(alive);
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

/** A server of its own on a free port of 127.0.0.1, in seconds. */
export async function startMoto(): Promise<Moto> {
  await prepareMoto();
  const port = await freePort();
  const server = join(venv, 'bin', 'moto_server');
  const child = spawn(server, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const stop = async (): Promise<void> => {
    process.off('exit', end);
    await stopped(child);
  };
  try {
    await answers(endpoint, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    environment: environmentOf(endpoint),
    createBucket: bucketMaker(endpoint),
    stop,
  };
}

function environmentOf(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

function bucketMaker(endpoint: string): Moto['createBucket'] {
  return async (name) => {
    const answer = await fetch(`${endpoint}/${name}`, { method: 'PUT' });
    if (!answer.ok) throw new Error(`moto made no bucket "${name}": ${answer.status}`);
  };
}

/** A lock whose holder died is not touched any more. */
function takeLock(): boolean {
  const touched = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (touched !== undefined && Date.now() - touched > lockStaleMs) {
    rmSync(lock, { recursive: true, force: true });
  }
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function makeEnvironment(): Promise<void> {
  rmSync(venv, { recursive: true, force: true });
  if (spawnSync('python3', ['-c', 'import ensurepip, venv']).status !== 0) await installPython();
  await run('python3', ['-m', 'venv', venv]);
  const pip = join(venv, 'bin', 'pip');
  await run(pip, ['install', '--quiet', '--disable-pip-version-check', `moto[server]==${version}`]);
  writeFileSync(ready, '');
}

async function installPython(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('moto needs python3 with venv: install the package "python3-venv"');
  }
  await run('apt-get', ['update', '-qq']);
  await run('apt-get', ['install', '-y', '-qq', 'python3-venv']);
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`"${command} ${args.join(' ')}" ended with ${code}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + startMs; Date.now() < end; await wait(pollMs)) {
    if (child.exitCode !== null) throw new Error(`moto ended with ${child.exitCode}`);
    const answer = await fetch(endpoint).catch(() => undefined);
    if (answer?.ok === true) return;
  }
  throw new Error(`moto did not answer in ${startMs / 1_000} s`);
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

if (import.meta.main) await prepareMoto();
