import type { Digest } from '@skein/values';
import type { ArtifactShelf, ShelfContent } from './artifact-shelf.ts';

/** Most workers never see an artifact, and start faster without the code that reads them. */
export class LazyShelf implements ArtifactShelf {
  readonly #state: string;
  #opened: Promise<ArtifactShelf> | undefined;

  constructor(state: string) {
    this.#state = state;
  }

  async pack(content: ShelfContent): Promise<Digest> {
    return await (await this.#open()).pack(content);
  }

  async read(artifact: Digest, digest: Digest): Promise<Uint8Array | undefined> {
    return await (await this.#open()).read(artifact, digest);
  }

  async take(
    artifact: Digest,
    file: Digest,
    put: (path: string) => Promise<unknown>,
  ): Promise<boolean> {
    return await (await this.#open()).take(artifact, file, put);
  }

  #open(): Promise<ArtifactShelf> {
    this.#opened ??= import('./open-shelf.ts').then(({ openShelf }) => openShelf(this.#state));
    return this.#opened;
  }
}
