import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Randomness } from '@skein/model';
import { packList } from '@skein/store';

/** Bytes that were made to be shared, as a blob to upload; its file, once it is written. */
export interface Packed {
  readonly blob: Digest;
  /** What the blob unpacks to. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** What the run knows of blobs that lie far away, and a place for files that only travel. */
export class Parcels {
  readonly #temporary: string;
  readonly #randomness: Randomness;
  readonly #delivered = new Set<Digest>();

  constructor(options: { readonly temporary: string; readonly randomness: Randomness }) {
    this.#temporary = options.temporary;
    this.#randomness = options.randomness;
  }

  /** Whether the far side is known to have it. */
  isDelivered(blob: Digest): boolean {
    return this.#delivered.has(blob);
  }

  delivered(blob: Digest): void {
    this.#delivered.add(blob);
  }

  pack(list: readonly Uint8Array[]): Packed {
    const { bytes, size } = packList(list);
    return { blob: digestOf('blob', bytes), size, bytes };
  }

  /** A file with the bytes for as long as `use` takes. */
  async asFile<T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#temporary, `parcel-${this.#randomness.hex(12)}`);
    await mkdir(this.#temporary, { recursive: true });
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.close();
      return await use(path);
    } finally {
      await handle.close().catch(() => undefined);
      await rm(path, { force: true });
    }
  }
}
