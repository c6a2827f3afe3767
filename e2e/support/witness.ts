import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Counts executions from outside: a task says over loopback that it runs, and goes on when it is
 * answered. So a test knows how far a pipeline is, and can hold it there, without a clock.
 */
export class Witness implements AsyncDisposable {
  readonly #server = createServer((request, response) => {
    this.#hear((request.url ?? '').slice(1), response);
  });
  readonly #heard: string[] = [];
  readonly #held: { readonly name: string; readonly response: ServerResponse }[] = [];
  readonly #waiting: { readonly isEnough: () => boolean; readonly go: () => void }[] = [];
  #holds: (name: string) => boolean = () => false;

  static async open(): Promise<Witness> {
    const witness = new Witness();
    await new Promise<void>((resolve) => witness.#server.listen(0, '127.0.0.1', resolve));
    return witness;
  }

  /** What a task calls, with its own name behind it. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/`;
  }

  /** Everything that was heard, in order. */
  get heard(): readonly string[] {
    return [...this.#heard];
  }

  /** How often each name was heard. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const name of this.#heard) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  }

  /** From now on these are heard, but not answered. */
  hold(holds: (name: string) => boolean): void {
    this.#holds = holds;
  }

  /** Answers all that were held, and all that come. */
  release(): void {
    this.#holds = () => false;
    for (const { response } of this.#held.splice(0)) response.end();
  }

  /** Answers the one that was held longest under this name. */
  answer(name: string): void {
    const index = this.#held.findIndex((one) => one.name === name);
    if (index < 0) throw new Error(`nothing of the name ${name} is held`);
    for (const { response } of this.#held.splice(index, 1)) response.end();
  }

  /** Until a name was heard so often. */
  async until(name: string, times = 1): Promise<void> {
    const isEnough = (): boolean => (this.counts()[name] ?? 0) >= times;
    if (isEnough()) return;
    await new Promise<void>((go) => this.#waiting.push({ isEnough, go }));
  }

  /** Forgets what was heard. */
  clear(): void {
    this.#heard.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #hear(name: string, response: ServerResponse): void {
    this.#heard.push(name);
    if (this.#holds(name)) this.#held.push({ name, response });
    else response.end();
    for (const waiting of this.#waiting) if (waiting.isEnough()) waiting.go();
  }
}
