import { spawn } from 'node:child_process';

/** What a call came to; `code` is `null` where it could not be started. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Podman = (...args: string[]) => Promise<Outcome>;

/** Podman with these variables beside those of the process. */
export function podmanIn(variables: Readonly<Record<string, string>>): Podman {
  return (...args) =>
    new Promise((resolve) => {
      const child = spawn('podman', args, {
        env: { ...process.env, ...variables },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.on('error', (error) => resolve({ code: null, stdout: '', stderr: error.message }));
      child.on('close', (code) => {
        const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString();
        resolve({ code, stdout: text(stdout), stderr: text(stderr) });
      });
    });
}
