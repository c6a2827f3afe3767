import { OMITTED, decode, digestSize } from '@skein/values';
import type { Digest } from '@skein/values';
import type { InputChange } from '@skein/model';
import { shorten } from '@skein/view';
import { type ValueDifference, valueChanges } from './value-changes.ts';

/** One digest for each parameter, as an execution had them. */
export type InputList = readonly Digest[];

export interface NearestRequest {
  /** Inputs that were executed before, the newest first. */
  readonly known: readonly InputList[];
  readonly now: InputList;
  readonly nameOf: (index: number) => string;
  /** Bytes of a value by its digest; `undefined` where they are not at hand. */
  readonly bytesOf: (digest: Digest) => Uint8Array | undefined;
  /** Inputs that count in no key. */
  readonly ignored: ReadonlySet<string>;
  /**
   * True where the task is called once in a run: then what it was called with last is what became
   * of it, however different. Otherwise only what is more equal than not is compared.
   */
  readonly single: boolean;
  /** Larger values are not decoded for an explanation. */
  readonly maxBytes: number;
}

/** So many of those with the most equal inputs are compared by value. */
const COMPARED = 64;
/** Fields that are told of all inputs together. */
const CHANGES = 6;
const LINE_WIDTH = 48;

/** How inputs differ from the nearest that were executed before; `undefined`: none is near. */
export function changesFromNearest(request: NearestRequest): readonly InputChange[] | undefined {
  const { known, now, single } = request;
  const candidates = known
    .filter((list) => list.length === now.length)
    .map((list, age) => ({ list, age, equal: countEqual(list, now) }))
    .sort((a, b) => b.equal - a.equal || a.age - b.age)
    .slice(0, single ? 1 : COMPARED);
  const values = new Values(request);
  let best: Described | undefined;
  for (const { list } of candidates) {
    const described = describe(list, request, values);
    if (described === undefined || (!single && !described.near)) continue;
    if (best === undefined || described.changes.length < best.changes.length) best = described;
    if (best.changes.length === 1) break;
  }
  return best?.changes;
}

interface Described {
  readonly changes: readonly InputChange[];
  readonly near: boolean;
}

/** `undefined` where a value that differs cannot be read: half an answer would mislead. */
function describe(
  list: InputList,
  { now, nameOf, ignored }: NearestRequest,
  values: Values,
): Described | undefined {
  const changes: InputChange[] = [];
  let near = true;
  for (const [index, digest] of now.entries()) {
    const name = nameOf(index);
    if (list[index] === digest || ignored.has(name)) continue;
    const before = values.of(list[index] ?? OMITTED);
    const after = values.of(digest);
    if (before === undefined || after === undefined) return undefined;
    const difference = inputChanges(before, after, name);
    near &&= difference.near;
    changes.push(...difference.changes.map((one) => ({ kind: 'input', name, ...one }) as const));
  }
  return changes.length === 0 ? undefined : { changes: changes.slice(0, CHANGES), near };
}

function inputChanges(before: Known, after: Known, name: string): ValueDifference {
  if (before.kind === 'value' && after.kind === 'value') {
    return valueChanges(before.value, after.value, name);
  }
  return { changes: [{ path: name, before: line(before), after: line(after) }], near: true };
}

type Known = { readonly kind: 'omitted' } | { readonly kind: 'value'; readonly value: unknown };

function line(known: Known): string {
  return known.kind === 'omitted' ? 'omitted' : shorten(known.value, LINE_WIDTH);
}

/** Decodes each value once, however many lists it is in. */
class Values {
  readonly #request: NearestRequest;
  readonly #decoded = new Map<Digest, Known | undefined>();

  constructor(request: NearestRequest) {
    this.#request = request;
  }

  of(digest: Digest): Known | undefined {
    if (digest === OMITTED) return { kind: 'omitted' };
    if (!this.#decoded.has(digest)) this.#decoded.set(digest, this.#decode(digest));
    return this.#decoded.get(digest);
  }

  #decode(digest: Digest): Known | undefined {
    const { maxBytes, bytesOf } = this.#request;
    const bytes = digestSize(digest) > maxBytes ? undefined : bytesOf(digest);
    if (bytes === undefined) return undefined;
    try {
      return { kind: 'value', value: decode(bytes, { opaque: ({ data }) => data }) };
    } catch {
      return undefined;
    }
  }
}

function countEqual(list: InputList, now: InputList): number {
  return now.reduce((sum, digest, index) => (list[index] === digest ? sum + 1 : sum), 0);
}
