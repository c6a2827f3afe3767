import { join } from 'node:path';
import { checkCode, skein, startSkein, type Started } from './command.ts';
import type { Sandbox } from './sandbox.ts';

export interface ServerRequest {
  /** A folder, or `s3://bucket/prefix`; a folder in the sandbox unless told. */
  readonly data?: string;
  readonly args?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** The same port as before, after a stop. */
  readonly port?: number;
}

/** A real `skein cache-server`, with its own data. */
export class CacheServer implements AsyncDisposable {
  readonly address: string;
  readonly data: string;
  readonly pid: number;
  readonly #sandbox: Sandbox;
  readonly #started: Started;
  readonly #variables: Readonly<Record<string, string>>;

  private constructor(of: {
    readonly sandbox: Sandbox;
    readonly started: Started;
    readonly address: string;
    readonly data: string;
    readonly variables: Readonly<Record<string, string>>;
  }) {
    this.#sandbox = of.sandbox;
    this.#started = of.started;
    this.#variables = of.variables;
    this.address = of.address;
    this.data = of.data;
    this.pid = of.started.pid;
  }

  /** Starts it, and waits until it says where it listens. */
  static async start(sandbox: Sandbox, request: ServerRequest = {}): Promise<CacheServer> {
    const { data = join(sandbox.folder, 'cache'), args = [], variables = {}, port = 0 } = request;
    const command = ['cache-server', '--listen', `127.0.0.1:${port}`, '--data', data, ...args];
    const started = startSkein(sandbox, command, { variables, limitMs: 900_000 });
    const address = await started.said(/listening on (http:\/\/[\d.]+:\d+)/);
    return new CacheServer({ sandbox, started, address, data, variables });
  }

  get port(): number {
    return Number(new URL(this.address).port);
  }

  /** A new token, by the command. */
  async token(scope: string, mode = 'read-write'): Promise<string> {
    const args = ['--data', this.data, '--scope', scope, '--mode', mode];
    const command = ['cache-server', 'token', 'create', ...args];
    const ended = await skein(this.#sandbox, command, { variables: this.#variables });
    checkCode(ended, 0);
    return ended.stdout.trim();
  }

  /** What a client of it is told by its environment. */
  client(token: string): Readonly<Record<string, string>> {
    return { SKEIN_REMOTE: this.address, SKEIN_REMOTE_TOKEN: token };
  }

  kill(signal: NodeJS.Signals): void {
    this.#started.kill(signal);
  }

  /** Gracefully, to its end. */
  async stop(): Promise<void> {
    this.#started.kill('SIGTERM');
    checkCode(await this.#started.ended, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#started.kill('SIGKILL');
    } catch {
      // It was stopped.
    }
    await this.#started.ended;
  }
}
