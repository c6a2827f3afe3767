import { isDeepStrictEqual } from 'node:util';
import { REFERENCE, shortDigest } from '@skein/values';
import type { DirEntry, DirReference, FileReference, Reference } from '@skein/values';
import { shorten } from '@skein/view';

/** What a field was and is, on one line each, shortened; absent where there is no such field. */
interface Sides {
  readonly before?: string;
  readonly after?: string;
}

/** A field in which two values differ. */
export interface ValueChange extends Sides {
  /** `rows[3].text`. */
  readonly path: string;
}

export interface ValueDifference {
  /** The first few, in the order of the later value. */
  readonly changes: readonly ValueChange[];
  /** True where more is equal than not: the one may have become the other by an edit. */
  readonly near: boolean;
}

const CHANGES = 6;
/** Beyond so many fields nothing is looked at: an explanation is not worth more. */
const FIELDS = 20_000;
const DEPTH = 32;
const TEXT_WIDTH = 48;

/** Where two decoded values differ. References are compared, not the files they name. */
export function valueChanges(before: unknown, after: unknown, path: string): ValueDifference {
  const comparison = new Comparison();
  comparison.compare({ before, after }, path, 0);
  return comparison.difference();
}

interface Pair<T = unknown> {
  readonly before: T;
  readonly after: T;
}

class Comparison {
  readonly #changes: ValueChange[] = [];
  #fields = 0;
  #different = 0;

  difference(): ValueDifference {
    return { changes: this.#changes, near: this.#different * 2 <= this.#fields };
  }

  compare(pair: Pair, path: string, depth: number): void {
    if (this.#fields >= FIELDS) return;
    const { before, after } = pair;
    if (typeof before === 'string' && typeof after === 'string') {
      this.#compareTexts({ before, after }, path);
    } else if (Object.is(before, after)) {
      this.#fields += 1;
    } else if (depth >= DEPTH || !isObject(before) || !isObject(after)) {
      this.#differs(path, { before: line(before), after: line(after) });
    } else {
      this.#compareObjects({ before, after }, path, depth);
    }
  }

  #compareObjects(pair: Pair<object>, path: string, depth: number): void {
    const { before, after } = pair;
    const old = referenceOf(before);
    const now = referenceOf(after);
    if (old !== undefined || now !== undefined) this.#compareReferences(pair, path);
    else if (isSameBytes(before, after)) this.#fields += 1;
    else if (isListLike(before) && isListLike(after) && before.constructor === after.constructor) {
      this.#compareLists({ before: Array.from(before), after: Array.from(after) }, path, depth);
    } else if (before instanceof Map && after instanceof Map) {
      const name = (key: unknown): string => `${path}.get(${shorten(key, 24)})`;
      this.#compareEntries({ before, after }, { path, name, depth });
    } else if (isPlain(before) && isPlain(after)) {
      const entries = { before: entriesOf(before), after: entriesOf(after) };
      const name = (key: unknown): string => `${path}${member(String(key))}`;
      this.#compareEntries(entries, { path, name, depth });
    } else {
      this.#compareWhole(pair, path);
    }
  }

  /** Equal beginnings and ends are passed over, so that what was put in or taken out is told. */
  #compareLists({ before, after }: Pair<readonly unknown[]>, path: string, depth: number): void {
    const shorter = Math.min(before.length, after.length);
    if (before.length === after.length) {
      for (let index = 0; index < shorter; index += 1) {
        const pair = { before: before[index], after: after[index] };
        this.compare(pair, `${path}[${index}]`, depth + 1);
      }
      return;
    }
    let start = 0;
    while (start < shorter && isSame(before[start], after[start])) start += 1;
    let end = 0;
    while (end < shorter - start && isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;
    this.#fields += start + end;
    const middle = { before: before.slice(start, -end || undefined) };
    const fresh = after.slice(start, -end || undefined);
    const both = Math.min(middle.before.length, fresh.length);
    for (let index = 0; index < both; index += 1) {
      const pair = { before: middle.before[index], after: fresh[index] };
      this.compare(pair, `${path}[${start + index}]`, depth + 1);
    }
    for (const [index, value] of fresh.slice(both).entries()) {
      this.#differs(`${path}[${start + both + index}]`, { after: line(value) });
    }
    for (const [index, value] of middle.before.slice(both).entries()) {
      this.#differs(`${path}[${start + both + index}]`, { before: line(value) });
    }
  }

  #compareEntries(
    { before, after }: Pair<ReadonlyMap<unknown, unknown>>,
    at: {
      readonly path: string;
      readonly name: (key: unknown) => string;
      readonly depth: number;
    },
  ): void {
    for (const [key, value] of after) {
      if (!before.has(key)) this.#differs(at.name(key), { after: line(value) });
      else this.compare({ before: before.get(key), after: value }, at.name(key), at.depth + 1);
    }
    for (const [key, value] of before) {
      if (!after.has(key)) this.#differs(at.name(key), { before: line(value) });
    }
    const keys = { before: [...before.keys()], after: [...after.keys()] };
    if (before.size !== after.size || isSame(keys.before, keys.after)) return;
    if (keys.before.every((key) => after.has(key))) this.#compareOrder(keys, at.path);
  }

  /** V1: the same entries in another order are another value. */
  #compareOrder({ before, after }: Pair<readonly unknown[]>, path: string): void {
    this.#differs(path, { before: `keys ${line(before)}`, after: `keys ${line(after)}` });
  }

  /** Equal texts count as much as they hold, so that long ones with one edit are near. */
  #compareTexts({ before, after }: Pair<string>, path: string): void {
    const weight = Math.max(1, Math.ceil(Math.max(before.length, after.length) / TEXT_WIDTH));
    if (before === after) {
      this.#fields += weight;
      return;
    }
    const { start, end } = sharedEnds(before, after);
    const longer = Math.max(before.length, after.length);
    this.#fields += weight - 1;
    this.#different += weight === 1 ? 0 : Math.floor(((longer - start - end) / longer) * weight);
    this.#differs(path, {
      before: excerpt(before, { start, end }),
      after: excerpt(after, { start, end }),
    });
  }

  /** A file of the same name is the same file, edited. */
  #compareReferences(pair: Pair<object>, path: string): void {
    const old = referenceOf(pair.before);
    const now = referenceOf(pair.after);
    if (old?.kind === 'dir' && now?.kind === 'dir') {
      this.#compareDirs({ before: old, after: now }, path);
      return;
    }
    if (old?.kind === 'file' && now?.kind === 'file') {
      if (old.name === now.name) this.#fields += 1;
      else this.#different += 1;
      if (old.digest === now.digest && old.name === now.name) return;
      this.#differs(path, { before: fileLine(old), after: fileLine(now) });
      return;
    }
    this.#compareWhole(pair, path);
  }

  #compareDirs({ before, after }: Pair<DirReference>, path: string): void {
    if (before.digest === after.digest) {
      this.#fields += 1;
      return;
    }
    const lines = ({ entries }: DirReference): ReadonlyMap<string, string> =>
      new Map(entries.map((one) => [one.path, entryLine(one)]));
    const old = lines(before);
    const now = lines(after);
    for (const name of new Set([...now.keys(), ...old.keys()])) {
      const sides = pairOf(old.get(name), now.get(name));
      if (sides.before === sides.after) this.#fields += 1;
      else this.#differs(`${path}[${JSON.stringify(name)}]`, sides);
    }
  }

  #compareWhole({ before, after }: Pair<object>, path: string): void {
    if (isSame(before, after)) this.#fields += 1;
    else this.#differs(path, { before: line(before), after: line(after) });
  }

  #differs(path: string, sides: Sides): void {
    this.#fields += 1;
    this.#different += 1;
    if (this.#changes.length < CHANGES) this.#changes.push({ path, ...sides });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isListLike(value: object): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Models are large, and mostly the same: nothing in them has to be looked at. */
function isSameBytes(before: object, after: object): boolean {
  if (!ArrayBuffer.isView(before) || !ArrayBuffer.isView(after)) return false;
  return before.constructor === after.constructor && bytesOf(before).equals(bytesOf(after));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isSame(before: unknown, after: unknown): boolean {
  return isDeepStrictEqual(before, after);
}

function entriesOf(value: object): ReadonlyMap<unknown, unknown> {
  return new Map(Object.entries(value));
}

function referenceOf(value: object): Reference | undefined {
  const held: unknown = Reflect.get(value, REFERENCE);
  if (held === undefined) return undefined;
  return (typeof held === 'function' ? held.call(value) : held) as Reference;
}

function line(value: unknown): string {
  return shorten(value, TEXT_WIDTH);
}

function fileLine(file: FileReference): string {
  return `${JSON.stringify(file.name)} #${shortDigest(file.digest)}`;
}

function entryLine({ digest, executable }: DirEntry): string {
  return `#${shortDigest(digest)}${executable ? ' executable' : ''}`;
}

function pairOf(before: string | undefined, after: string | undefined): Sides {
  return {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function member(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}

interface Ends {
  readonly start: number;
  readonly end: number;
}

/** How many characters two texts begin and end with in common. */
function sharedEnds(before: string, after: string): Ends {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { start, end };
}

const CONTEXT = 12;

/** A short text whole, a long one around the place where it differs. */
function excerpt(text: string, { start, end }: Ends): string {
  if (text.length <= TEXT_WIDTH) return JSON.stringify(text);
  const from = Math.max(0, start - CONTEXT);
  const to = Math.min(text.length, Math.min(text.length - end + CONTEXT, from + TEXT_WIDTH));
  const head = from > 0 ? '…' : '';
  const tail = to < text.length ? '…' : '';
  return JSON.stringify(`${head}${text.slice(from, to)}${tail}`);
}
