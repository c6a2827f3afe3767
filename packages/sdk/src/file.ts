import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { fileReference, REFERENCE } from '@skein/values';
import type { Digest, FileReference } from '@skein/values';
import type { FileHost } from './host.ts';
import { currentFiles } from './plain-program.ts';

/** What a `File` can be made from: a path (or `file:` URL), bytes, or a stream of bytes. */
export type FileSource = string | URL | Uint8Array | ArrayBuffer | AsyncIterable<Uint8Array>;

/** Bytes and streams have no base name. */
const DEFAULT_NAME = 'file';

/**
 * A file as a value: it counts by content and name (V6). Its bytes are copied when it is made and
 * fetched when they are first asked for.
 */
export class File {
  private readonly reference: FileReference;
  private readonly host: FileHost | undefined;

  private constructor(reference: FileReference, host?: FileHost) {
    this.reference = reference;
    this.host = host;
  }

  /**
   * Copies content in. The name is the path's base name, or `file`, unless given. Rejects with
   * the error of `node:fs`, or `UnsafePathError` for a name that is none.
   */
  static async from(source: FileSource, options: { readonly name?: string } = {}): Promise<File> {
    const { digest, name } = await putSource(source);
    return new File(fileReference({ name: options.name ?? name, digest }));
  }

  /** The file that a reference names: how values are revived. `host`: where its bytes are. */
  static of(reference: FileReference, host?: FileHost): File {
    return new File(reference, host);
  }

  get name(): string {
    return this.reference.name;
  }

  /** Bytes. */
  get size(): number {
    return this.reference.size;
  }

  get digest(): Digest {
    return this.reference.digest;
  }

  /** A read-only file of that name. */
  async path(): Promise<string> {
    return await (this.host ?? currentFiles()).pathOf(this.reference);
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await readFile(await this.path()));
  }

  /** The content as UTF-8. */
  async text(): Promise<string> {
    return await readFile(await this.path(), 'utf8');
  }

  /** The content parsed as JSON; what it is is the caller's word. */
  async json<T = unknown>(): Promise<T> {
    return JSON.parse(await this.text()) as T;
  }

  async stream(): Promise<Readable> {
    return createReadStream(await this.path());
  }

  [REFERENCE](): FileReference {
    return this.reference;
  }
}

async function putSource(source: FileSource): Promise<{ digest: Digest; name: string }> {
  const files = currentFiles();
  if (typeof source === 'string' || source instanceof URL) {
    const path = typeof source === 'string' ? source : fileURLToPath(source);
    const { digest } = await files.putPath(path);
    return { digest, name: basename(path) };
  }
  const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : source;
  const { digest } =
    bytes instanceof Uint8Array ? await files.putBytes(bytes) : await files.putStream(bytes);
  return { digest, name: DEFAULT_NAME };
}
