import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A registry of images that others wrote: https://distribution.github.io/distribution/ */
export interface TestRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly stop: () => Promise<void>;
}

/** Whom a registry that is closed lets in. */
export const READER = { username: 'reader', password: 'correct horse' };

/** READER by bcrypt, at its lowest cost. */
const HTPASSWD = 'reader:$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n';
const PROGRAM = 'docker-registry';

/** Why there can be no registry here; `undefined`: there can. */
export function noRegistry(): string | undefined {
  const { error } = spawnSync(PROGRAM, ['--version']);
  return error === undefined ? undefined : `"${PROGRAM}" is not installed`;
}

/** On a port that the system picks, its images in `folder`, which is made. */
export async function startRegistry(
  folder: string,
  options: { readonly isClosed?: boolean } = {},
): Promise<TestRegistry> {
  await mkdir(folder, { recursive: true });
  const settings = join(folder, 'config.json');
  const users = join(folder, 'htpasswd');
  await writeFile(users, HTPASSWD);
  const auth = { auth: { htpasswd: { realm: 'tests', path: users } } };
  const whole = { ...settingsOf(join(folder, 'images')), ...(options.isClosed === true && auth) };
  await writeFile(settings, JSON.stringify(whole));
  const child = spawn(PROGRAM, ['serve', settings], {
    // It reads settings from variables too, and podman has one that begins alike.
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const stop = async (): Promise<void> => {
    process.off('exit', end);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  return { host: await addressOf(child), stop };
}

/** Its settings are YAML, of which JSON is a part. */
function settingsOf(images: string): object {
  return {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: images }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0' },
  };
}

/** The registry logs where it listens, and goes on logging: the pipe is read to its end. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`no registry: ${said.join('\n')}`)));
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
      said.push(line);
    });
  });
}
