import type { ActionNumber } from '@skein/model';
import { type Part, inputDigest, partDigest, partPath, partsIn } from '@skein/values';
import type { Digest } from '@skein/values';
import type { LineageRun } from './lineage-run.ts';
import { LEAST_BYTES } from './lineage-run.ts';

/** Where a value stands: in the result of a call, or in what the caller itself was given. */
export type Source = (
  | { readonly from: 'call'; readonly action: ActionNumber }
  | { readonly from: 'caller'; readonly place: number }
) & { readonly path: string };

/** A part of a value, and where it came from. */
export interface Origin {
  readonly source: Source;
  /** Of the part within the value; empty for the whole. */
  readonly path: string;
  /** Of the part itself. */
  readonly bytes: Uint8Array;
}

/** A call that was given a value. */
export interface Taken {
  readonly action: ActionNumber;
  readonly place: number;
  /** Of the value within the input. */
  readonly path: string;
}

interface Indexed {
  readonly parts: readonly Part[];
  readonly at: number;
}
type Made = Indexed & { readonly action?: ActionNumber; readonly place?: number };
interface Given extends Indexed {
  readonly takers: { readonly action: ActionNumber; readonly place: number }[];
}

/**
 * The calls of one caller, by the values they were given and made. A value reaches a call in one
 * of three ways only: the caller was given it, an earlier call made it, or the caller did. Values
 * are the same when their bytes are, files when their content is.
 */
export class LineageCalls {
  readonly #run: LineageRun;
  readonly #caller: ActionNumber;
  #ascending: Uint32Array | undefined;
  /** By digest, the first that made it: inputs of the caller before calls. */
  #made: Map<Digest, Made> | undefined;
  #wholes: Map<Digest, ActionNumber> | undefined;
  /** How many calls `#made` knows the results of. */
  #known = 0;
  #given: Map<Digest, Given[]> | undefined;

  constructor(run: LineageRun, caller: ActionNumber) {
    this.#run = run;
    this.#caller = caller;
  }

  /** Where a value, or the parts of it, came from before the call `before` was made. */
  async originsOf(bytes: Uint8Array, before: ActionNumber): Promise<readonly Origin[]> {
    if (bytes.length < LEAST_BYTES || this.#caller === 0) return [];
    this.#made ??= await this.#indexGiven();
    const parts = partsIn(bytes);
    const [whole] = parts;
    if (whole === undefined) return [];
    const found = await this.#findWhole(bytes, whole, before);
    if (found !== undefined) return [{ source: found, path: '', bytes }];
    const origins: Origin[] = [];
    for (let at = 1; at < parts.length;) {
      const part = parts[at] as Part;
      const source = this.#find(partDigest(bytes, part), before);
      if (source === undefined) at += 1;
      else {
        const own = bytes.subarray(part.start, part.end);
        origins.push({ source, path: partPath(parts, at), bytes: own });
        at = part.next;
      }
    }
    return origins;
  }

  /** Which calls after `after` were given a value, and where in their inputs it stood. */
  async takersOf(digest: Digest, after: ActionNumber): Promise<readonly Taken[]> {
    this.#given ??= await this.#indexInputs();
    const taken: Taken[] = [];
    for (const { takers, parts, at } of this.#given.get(digest) ?? []) {
      for (const taker of takers) {
        if (taker.action > after) taken.push({ ...taker, path: partPath(parts, at) });
      }
    }
    return taken;
  }

  get #calls(): Uint32Array {
    const { index } = this.#run;
    return (this.#ascending ??= Uint32Array.from(index.childrenOf(this.#caller)).toSorted());
  }

  async #findWhole(
    bytes: Uint8Array,
    whole: Part,
    before: ActionNumber,
  ): Promise<Source | undefined> {
    const digest = partDigest(bytes, whole);
    const given = this.#find(digest, before);
    if (given !== undefined) return given;
    const action = this.#firstWith(inputDigest(bytes));
    if (action !== undefined && action < before) return { from: 'call', action, path: '' };
    while (await this.#learn(before)) {
      const made = this.#find(digest, before);
      if (made !== undefined) return made;
    }
    return undefined;
  }

  #firstWith(digest: Digest): ActionNumber | undefined {
    if (this.#wholes === undefined) {
      this.#wholes = new Map();
      const results = this.#run.largeResults;
      for (const action of this.#calls) {
        const result = results.get(action);
        if (result !== undefined && !this.#wholes.has(result)) this.#wholes.set(result, action);
      }
    }
    return this.#wholes.get(digest);
  }

  #find(digest: Digest, before: ActionNumber): Source | undefined {
    const made = this.#made?.get(digest);
    if (made === undefined || (made.action !== undefined && made.action >= before))
      return undefined;
    const path = partPath(made.parts, made.at);
    return made.action === undefined
      ? { from: 'caller', place: made.place ?? 0, path }
      : { from: 'call', action: made.action, path };
  }

  /** What the caller itself was given. */
  async #indexGiven(): Promise<Map<Digest, Made>> {
    const made = new Map<Digest, Made>();
    for (const place of this.#run.largeInputs.get(this.#caller)?.keys() ?? []) {
      const bytes = await this.#run.input(this.#caller, place);
      if (bytes !== undefined) index(made, bytes, { place });
    }
    return made;
  }

  /** Takes in the result of the next call; false where there is none before `before`. */
  async #learn(before: ActionNumber): Promise<boolean> {
    const made = (this.#made ??= await this.#indexGiven());
    const results = this.#run.largeResults;
    while (this.#known < this.#calls.length) {
      const action = this.#calls[this.#known] as ActionNumber;
      if (action >= before) return false;
      this.#readAhead(this.#known);
      this.#known += 1;
      const digest = results.get(action);
      if (digest === undefined || this.#firstWith(digest) !== action) continue;
      const bytes = await this.#run.result(action);
      if (bytes === undefined) continue;
      index(made, bytes, { action });
      return true;
    }
    return false;
  }

  #readAhead(known: number): void {
    // Twice as many each time: most values are found among the first calls.
    if ((known & (known + 1)) !== 0) return;
    const ahead = this.#calls.subarray(known, 2 * known + 1);
    this.#run.load([...ahead].filter((action) => this.#run.largeResults.has(action)));
  }

  async #indexInputs(): Promise<Map<Digest, Given[]>> {
    const inputs = this.#run.largeInputs;
    const isCall = (action: ActionNumber): boolean =>
      this.#run.index.at(action)?.parent === this.#caller;
    const taking = [...inputs.keys()].filter(isCall).toSorted((a, b) => a - b);
    this.#run.load(taking);
    const takers = new Map<Digest, Given['takers']>();
    const given = new Map<Digest, Given[]>();
    for (const action of taking) {
      for (const [place, digest] of inputs.get(action) ?? []) {
        const known = takers.get(digest);
        known?.push({ action, place });
        if (known !== undefined) continue;
        const bytes = await this.#run.input(action, place);
        if (bytes === undefined) continue;
        const own: Given['takers'] = [{ action, place }];
        takers.set(digest, own);
        const parts = partsIn(bytes);
        for (const [at, part] of parts.entries()) {
          const name = partDigest(bytes, part);
          const one: Given = { parts, at, takers: own };
          const others = given.get(name);
          if (others === undefined) given.set(name, [one]);
          else others.push(one);
        }
      }
    }
    return given;
  }
}

function index(
  made: Map<Digest, Made>,
  bytes: Uint8Array,
  by: { readonly action: ActionNumber } | { readonly place: number },
): void {
  const parts = partsIn(bytes);
  for (const [at, part] of parts.entries()) {
    const digest = partDigest(bytes, part);
    if (!made.has(digest)) made.set(digest, { parts, at, ...by });
  }
}
