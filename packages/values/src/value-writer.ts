import { EncodingError, Refusal } from './encoding-error.ts';
import { pathText } from './path.ts';
import type { PathKey } from './path.ts';
import { MAP, MAX_DEPTH } from './tags.ts';
import { ByteWriter } from './writer.ts';

/** Looking for cycles at every 64th level costs nothing on flat values and finds all of them. */
const CYCLE_CHECK_MASK = 63;

/**
 * Where the writers of the kinds meet: the bytes, and the way from the root to the value at hand.
 * The way is kept as two stores for each level, so that only an error pays for its text.
 */
export abstract class ValueWriter {
  readonly out = new ByteWriter();
  protected root = 'value';
  private depth = 0;
  private readonly holders: unknown[] = [undefined];
  private readonly keys: PathKey[] = [undefined];

  /** Writes any value. */
  abstract value(value: unknown): void;
  /** Writes a string, after asking whether it may be written. */
  abstract text(text: string): void;

  /** Steps into a container; every value written before `leave` is preceded by `at`. */
  enter(holder: unknown): void {
    const depth = ++this.depth;
    this.holders[depth] = holder;
    this.keys[depth] = undefined;
    if (depth > MAX_DEPTH || (depth & CYCLE_CHECK_MASK) === 0) this.refuseEndless();
  }

  at(key: PathKey): void {
    this.keys[this.depth] = key;
  }

  leave(): void {
    this.holders[this.depth--] = undefined;
  }

  /** A CBOR map of the object's own enumerable properties, within an entered container. */
  properties(holder: object): void {
    const keys = Object.keys(holder);
    const record = holder as Readonly<Record<string, unknown>>;
    this.out.head(MAP, keys.length);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      this.at(key);
      this.text(key);
      this.value(record[key]);
    }
  }

  protected begin(root: string | undefined): void {
    this.root = root ?? 'value';
  }

  protected end(): void {
    this.out.reset();
    if (this.depth > 0) this.holders.fill(undefined);
    this.depth = 0;
  }

  /** What went wrong, as an error with the path of the value that was being read. */
  protected failure(cause: unknown): EncodingError {
    if (cause instanceof EncodingError) return cause;
    const path = pathText(this.root, this.holders.slice(0, this.depth + 1), this.keys);
    if (cause instanceof Refusal)
      return new EncodingError(path, cause.message, cause.cause === undefined ? {} : { cause });
    const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : typeof cause;
    return new EncodingError(path, `reading it threw (${said})`, { cause });
  }

  private refuseEndless(): void {
    const levels = new Map<unknown, number>();
    for (let depth = 1; depth <= this.depth; depth++) {
      const holder = this.holders[depth];
      const earlier = levels.get(holder);
      if (earlier !== undefined) {
        const target = pathText(this.root, this.holders.slice(0, earlier), this.keys);
        this.depth = depth - 1;
        throw new Refusal(`it is ${target} again (a cycle)`);
      }
      levels.set(holder, depth);
    }
    if (this.depth > MAX_DEPTH) throw new Refusal(`it lies deeper than ${MAX_DEPTH} levels`);
  }
}
