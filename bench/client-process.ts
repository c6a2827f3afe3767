import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ClientOrder, FromClient, Phase, Share, ToClient } from './load.ts';

/** A process that plays clients of a load. */
export class ClientProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(order: ClientOrder): Promise<ClientProcess> {
    const child = fork(join(import.meta.dirname, 'run-clients.ts'), { stdio: 'inherit' });
    const started = new ClientProcess(child);
    await started.#tell({ order });
    return started;
  }

  /** Rejects with what went wrong there. */
  async work(phase: Phase): Promise<readonly Share[]> {
    return await this.#tell({ phase });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async #tell(message: ToClient): Promise<readonly Share[]> {
    const { promise, resolve, reject } = Promise.withResolvers<FromClient>();
    const gone = (): void => reject(new Error('a client process ended'));
    this.#child.once('message', resolve);
    this.#child.once('exit', gone);
    this.#child.send(message);
    try {
      const answer = await promise;
      if ('trouble' in answer) throw new Error(answer.trouble);
      return answer.shares;
    } finally {
      this.#child.removeListener('message', resolve);
      this.#child.removeListener('exit', gone);
    }
  }
}
