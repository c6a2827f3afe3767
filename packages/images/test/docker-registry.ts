import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The reference implementation, as the system's package `docker-registry` installs it. */
export interface DockerRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly stop: () => Promise<void>;
}

/** Whom a registry with `isClosed` lets in. */
export const READER = { username: 'reader', password: 'correct horse' };

/** READER by bcrypt, at its lowest cost. */
const HTPASSWD = 'reader:$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n';
const PROGRAM = 'docker-registry';

/** Why there can be no registry here; `undefined`: there can. */
export function noRegistry(): string | undefined {
  const { error } = spawnSync(PROGRAM, ['--version']);
  return error === undefined ? undefined : `"${PROGRAM}" is not installed`;
}

/** On a port that the system picks, with everything it keeps in memory. */
export async function startDockerRegistry(
  folder: string,
  options: { readonly isClosed?: boolean } = {},
): Promise<DockerRegistry> {
  const settings = join(folder, 'registry.yml');
  const users = join(folder, 'htpasswd');
  writeFileSync(users, HTPASSWD);
  const auth = { auth: { htpasswd: { realm: 'tests', path: users } } };
  const whole = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { inmemory: {} },
    http: { addr: '127.0.0.1:0' },
    ...(options.isClosed === true ? auth : {}),
  };
  // JSON is YAML.
  writeFileSync(settings, JSON.stringify(whole));
  const child = spawn(PROGRAM, ['serve', settings], { stdio: ['ignore', 'ignore', 'pipe'] });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  return {
    host: await addressOf(child),
    stop: async () => {
      process.off('exit', end);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.kill('SIGKILL')) await gone;
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the registry ended: ${said.join('\n')}`)));
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
      said.push(line);
    });
  });
}
