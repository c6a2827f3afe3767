import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { createFileStore } from '@skein/sdk';
import type { FileStore } from '@skein/sdk';
import { dirReference, fileReference, UnsafePathError } from '@skein/values';
import { fail, FailureError, storageFailure, succeed } from '@skein/model';
import type { Result } from '@skein/model';
import type { CustodyRequest } from './custody-request.ts';
import type { AttemptHost } from './executor.ts';
import { LazyShelf } from './lazy-shelf.ts';
import { refusedLeft, withLeft } from './outbox.ts';
import type { Left } from './outbox.ts';

/** On whose behalf it is done. */
export interface Client {
  /** Absolute folder in which it leaves things; absent: it runs in no container. */
  readonly outbox: string | undefined;
  /** Knows what artifacts hold; absent: the attempt is over, or code of none asks. */
  readonly host: AttemptHost | undefined;
}

/** Up to here content is read at once. */
const SMALL_BYTES = 1 << 20;
const CHUNK_BYTES = 1 << 18;

/** Does in the state what workers in containers ask for, who cannot write there. */
export class Custody {
  readonly #state: string;
  readonly #shelf: LazyShelf;
  readonly #files: FileStore;
  readonly #asking = new AsyncLocalStorage<AttemptHost | undefined>();

  constructor(state: string, sync: boolean) {
    this.#state = state;
    this.#shelf = new LazyShelf(state, sync);
    const files: FileStore = createFileStore(join(state, 'files'), {
      fetch: async (digest) => {
        const artifact = await this.#asking.getStore()?.artifactOf(digest);
        if (artifact === undefined) return false;
        return await this.#shelf.take(artifact, digest, (path) => files.putPath(path));
      },
    });
    this.#files = files;
  }

  /** Never rejects for what the worker did, or for the state's trouble. */
  async answer(asked: CustodyRequest, { outbox, host }: Client): Promise<Result<string>> {
    try {
      if (outbox === undefined) throw refusedLeft('', 'the worker runs in no container');
      return succeed(await this.#asking.run(host, () => this.#obey(asked, outbox)));
    } catch (error) {
      const failure = failureOf(error, this.#state);
      if (failure === undefined) throw error;
      return fail(failure);
    }
  }

  async #obey(asked: CustodyRequest, outbox: string): Promise<string> {
    switch (asked.what) {
      case 'keep-file':
      case 'keep-artifact': {
        const isFile = asked.what === 'keep-file';
        const kept = await withLeft(outbox, asked, (left) =>
          isFile ? this.#keepFile(left) : this.#shelf.keep(left.path),
        );
        if (kept !== asked.digest) throw refusedLeft(asked.name, 'it holds something else');
        return kept;
      }
      case 'lay-out-file': {
        const { name, digest } = asked;
        return await this.#files.pathOf(fileReference({ name, digest }));
      }
      case 'lay-out-dir':
        return await this.#files.folderOf(dirReference(asked.entries));
    }
  }

  async #keepFile({ file, size }: Left): Promise<string> {
    if (size > SMALL_BYTES) {
      const options = { autoClose: false, start: 0, end: size - 1, highWaterMark: CHUNK_BYTES };
      return (await this.#files.putStream(file.createReadStream(options))).digest;
    }
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    return (await this.#files.putBytes(bytes.subarray(0, bytesRead))).digest;
  }
}

function failureOf(error: unknown, state: string): FailureError['failure'] | undefined {
  if (error instanceof FailureError) return error.failure;
  if (error instanceof UnsafePathError) return refusedLeft(error.path, error.reason).failure;
  return storageFailure(error, state);
}
