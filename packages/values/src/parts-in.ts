import { inputDigest } from './inputs.ts';
import { decode } from './decode.ts';
import { DecodingError } from './decoding-error.ts';
import type { Digest } from './digest.ts';
import { propertyStep } from './path.ts';
import { readReference } from './read-reference.ts';
import { ByteReader } from './reader.ts';
import {
  ARRAY,
  BYTES,
  MAP,
  TAG,
  TAG_CODEC,
  TAG_ENCODED,
  TAG_ERROR,
  TAG_MAP,
  TAG_SET,
  TAG_SPARSE,
  TEXT,
} from './tags.ts';
import { typedArrayKindByTag } from './typed-array.ts';

/** A value within an encoded value. Positions are those of its own encoding in the whole one. */
export interface Part {
  readonly kind: 'list' | 'record' | 'text' | 'bytes' | 'file' | 'dir' | 'scalar';
  readonly start: number;
  readonly end: number;
  /** Index of the part that holds it; -1 for the whole. */
  readonly holder: number;
  /** What leads to it from its holder, as an author writes it: `.rows`, `[3]`, `.get("a")`. */
  readonly step: string;
  /** Index of the first part that lies behind it, not in it. */
  readonly next: number;
  /** Of a file, also one in a folder: the digest of its content. */
  readonly content?: Digest;
}

export interface PartsWanted {
  /** Also numbers, short texts and whatever else is smaller; unless given, they are left out. */
  readonly small?: boolean;
}

/** Equality of anything smaller says nothing. */
const LEAST_BYTES = 16;

/**
 * The objects, lists, files, folders and longer texts in an encoded value, each before what lies
 * in it; the first is the whole. Builds no value. Throws a `DecodingError` on bytes that are none.
 */
export function partsIn(bytes: Uint8Array, { small = false }: PartsWanted = {}): readonly Part[] {
  const lister = new PartLister(bytes, small);
  try {
    lister.item(-1, '');
  } catch (cause) {
    if (cause instanceof DecodingError) throw cause;
    throw new DecodingError(String(cause), lister.position, { cause });
  }
  return lister.parts;
}

/** What a part is known by: a file by its content, anything else by its encoding. */
export function partDigest(bytes: Uint8Array, part: Part): Digest {
  return part.content ?? inputDigest(bytes.subarray(part.start, part.end));
}

/** What leads from the whole to a part. */
export function partPath(parts: readonly Part[], index: number): string {
  const steps: string[] = [];
  for (let part = parts[index]; part !== undefined; part = parts[part.holder]) {
    steps.push(part.step);
  }
  return steps.toReversed().join('');
}

type Open = { -readonly [Key in keyof Part]: Part[Key] };

class PartLister {
  readonly parts: Open[] = [];
  readonly #bytes: Uint8Array;
  readonly #from: ByteReader;
  readonly #small: boolean;

  constructor(bytes: Uint8Array, small: boolean) {
    this.#bytes = bytes;
    this.#from = new ByteReader(bytes);
    this.#small = small;
  }

  get position(): number {
    return this.#from.position;
  }

  /** Lists the item ahead, and what lies in it. */
  item(holder: number, step: string): void {
    const from = this.#from;
    const index = this.parts.length;
    const start = from.position;
    const part: Open = { kind: 'scalar', start, end: start, holder, step, next: index + 1 };
    this.parts.push(part);
    const initial = from.byte();
    const major = initial & 0xe0;
    let size = 0;
    if (major === BYTES || major === TEXT) {
      part.kind = major === TEXT ? 'text' : 'bytes';
      size = from.span(initial).length;
    } else if (major === ARRAY) this.#list(part, index, from.count(initial, 1));
    else if (major === MAP) this.#record(part, index, from.count(initial, 2));
    else if (major === TAG) this.#tagged(part, index, from.argument(initial));
    else if (major < BYTES) from.argument(initial);
    else if (initial > 0xf7) from.float(initial);
    part.end = from.position;
    part.next = this.parts.length;
    if (size === 0 && part.kind !== 'scalar') size = part.end - start;
    // The whole always stands, so that a list is never empty.
    const isSmall = part.content === undefined && size < LEAST_BYTES;
    if (isSmall && !this.#small && holder >= 0) this.parts.length = index;
  }

  #list(part: Open, index: number, count: number): void {
    part.kind = 'list';
    for (let at = 0; at < count; at++) this.item(index, `[${at}]`);
  }

  #record(part: Open, index: number, count: number): void {
    part.kind = 'record';
    for (let at = 0; at < count; at++) this.item(index, propertyStep(this.#from.string()));
  }

  #tagged(part: Open, index: number, tag: number): void {
    const from = this.#from;
    switch (tag) {
      case TAG_ENCODED: {
        part.kind = 'record';
        const end = from.position + 1;
        from.head(BYTES);
        if (end > from.end) from.fail('the bytes end too early');
        this.item(index, '');
        return;
      }
      case TAG_SET:
        part.kind = 'list';
        this.#each(from.head(ARRAY), (at) => this.item(index, `.values()[${at}]`));
        return;
      case TAG_MAP:
        part.kind = 'record';
        this.#each(from.head(MAP), (at) => this.#entry(index, at));
        return;
      case TAG_SPARSE:
        part.kind = 'list';
        this.#sparse(index);
        return;
      case TAG_ERROR:
        part.kind = 'record';
        from.exactly(ARRAY, 3);
        this.#skip();
        this.#record(part, index, from.head(MAP));
        this.#record(part, index, from.head(MAP));
        return;
      case TAG_CODEC:
        part.kind = 'record';
        from.exactly(ARRAY, 3);
        this.#skip();
        this.#skip();
        this.item(index, '.data');
        return;
      default:
        this.#reference(part, index, tag);
    }
  }

  #reference(part: Open, index: number, tag: number): void {
    const reference = readReference(this.#from, tag);
    if (reference === undefined) {
      if (typedArrayKindByTag.has(tag)) part.kind = 'bytes';
      this.#skip();
    } else if (reference.kind === 'file') {
      part.kind = 'file';
      if (reference.size > 0) part.content = reference.digest;
    } else if (reference.kind === 'dir') {
      part.kind = 'dir';
      for (const { path, digest, size } of reference.entries) {
        if (size === 0 && !this.#small) continue;
        const at = { start: part.start, end: part.start, next: this.parts.length + 1 };
        const step = `.file(${JSON.stringify(path)})`;
        this.parts.push({ kind: 'file', ...at, holder: index, step, content: digest });
      }
    }
  }

  #entry(index: number, at: number): void {
    const start = this.#from.position;
    this.item(index, `.keys()[${at}]`);
    const key = decode(this.#bytes.subarray(start, this.#from.position), { opaque: () => null });
    const simple = typeof key === 'string' || typeof key === 'number';
    this.item(index, simple ? `.get(${JSON.stringify(key)})` : `.values()[${at}]`);
  }

  /** The length, then places and elements in turn. */
  #sparse(index: number): void {
    const count = this.#from.head(ARRAY);
    this.#skip();
    this.#each((count - 1) / 2, () => {
      const start = this.#from.position;
      this.#skip();
      const at = decode(this.#bytes.subarray(start, this.#from.position));
      this.item(index, `[${String(at)}]`);
    });
  }

  #each(count: number, work: (at: number) => void): void {
    for (let at = 0; at < count; at++) work(at);
  }

  #skip(): void {
    const { length } = this.parts;
    this.item(-1, '');
    this.parts.length = length;
  }
}
