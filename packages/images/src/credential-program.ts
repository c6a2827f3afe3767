import { spawn } from 'node:child_process';
import type { Environment } from './credential-files.ts';
import type { Credentials } from './credential.ts';

/** A name, never a path: the file that names it must not choose which program runs. */
const NAME = /^[A-Za-z0-9][\w.-]*$/;
const LONGEST_ANSWER = 1 << 20;
/** The user name with which a helper says that its secret is an identity token. */
const TOKEN_USER = '<token>';

export interface HelperRequest {
  /** `pass`: the program is `docker-credential-pass`. */
  readonly name: string;
  /** What the helper knows the registry by. */
  readonly server: string;
  readonly environment: Environment;
  readonly timeoutMs: number;
}

/**
 * Asks a helper as Docker does: https://github.com/docker/docker-credential-helpers. `undefined`:
 * it knows none; a string: what went wrong, without what it said, which may be secret.
 */
export async function askHelper(request: HelperRequest): Promise<Credentials | string | undefined> {
  const program = `docker-credential-${request.name}`;
  if (!NAME.test(request.name)) return 'a credential helper has no proper name';
  const ended = await runHelper(program, request);
  if (typeof ended === 'string') return ended;
  if (ended.code !== 0) {
    const knowsNone = /not found/i.test(ended.output);
    return knowsNone ? undefined : `"${program}" failed`;
  }
  return credentialsIn(ended.output) ?? `"${program}" gave no credentials`;
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

function runHelper(program: string, request: HelperRequest): Promise<Ended | string> {
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], {
      env: request.environment,
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: request.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
      if (output.length > LONGEST_ANSWER) child.kill('SIGKILL');
    });
    child.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : 'error';
      resolve(code === 'ENOENT' ? `"${program}" is not installed` : `"${program}": ${code}`);
    });
    child.on('close', (code, signal) => {
      resolve(
        code === null ? `"${program}" was ended by ${signal ?? 'a signal'}` : { code, output },
      );
    });
    // It may end without having read: that is told by how it ends.
    child.stdin.on('error', () => undefined).end(request.server);
  });
}

function credentialsIn(output: string): Credentials | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null) return undefined;
  if (!('Username' in answer) || !('Secret' in answer)) return undefined;
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== 'string' || typeof secret !== 'string') return undefined;
  if (username === TOKEN_USER) return { kind: 'identity', token: secret };
  return { kind: 'password', username, password: secret };
}
