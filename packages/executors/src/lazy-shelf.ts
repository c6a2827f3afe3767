import type { Digest } from '@skein/values';
import { ourselves } from './attribution.ts';
import type { ShelfContent, WritableShelf } from './artifact-shelf.ts';

/**
 * Most workers never see an artifact, and start faster without the code that reads them. How that
 * is done is no business of the action that asks.
 */
export class LazyShelf implements WritableShelf {
  readonly #state: string;
  readonly #sync: boolean;
  #opened: Promise<WritableShelf> | undefined;

  constructor(state: string, sync: boolean) {
    this.#state = state;
    this.#sync = sync;
  }

  async pack(content: ShelfContent): Promise<Digest> {
    return await ourselves(async () => (await this.#open()).pack(content));
  }

  async read(artifact: Digest, digest: Digest): Promise<Uint8Array | undefined> {
    return await ourselves(async () => (await this.#open()).read(artifact, digest));
  }

  async take(
    artifact: Digest,
    file: Digest,
    put: (path: string) => Promise<unknown>,
  ): Promise<boolean> {
    return await ourselves(async () => (await this.#open()).take(artifact, file, put));
  }

  async keep(path: string): Promise<Digest> {
    return await ourselves(async () => (await this.#open()).keep(path));
  }

  #open(): Promise<WritableShelf> {
    this.#opened ??= import('./open-shelf.ts').then(({ openShelf }) =>
      openShelf(this.#state, this.#sync),
    );
    return this.#opened;
  }
}
