import { inspect } from 'node:util';

import { Refusal } from './encoding-error.ts';
import { ARRAY, TAG_SPARSE } from './tags.ts';
import type { ValueWriter } from './value-writer.ts';

/** Up to here, counting the keys is cheaper than asking `inspect`. */
const COUNTED_LENGTH = 100;
const MAX_INDEX = 2 ** 32 - 2;
const INSPECTION = {
  breakLength: Infinity,
  colors: false,
  customInspect: false,
  depth: 0,
  maxArrayLength: 0,
  numericSeparator: false,
} as const;

/** Writes an array; one with holes by its elements and their indices. */
export function writeArray(writer: ValueWriter, array: readonly unknown[]): void {
  const { out } = writer;
  const start = out.position;
  const { length } = array;
  out.head(ARRAY, length);
  writer.enter(array);
  for (let index = 0; index < length; index++) {
    const element = array[index];
    if (element === undefined && !Object.hasOwn(array, index)) {
      out.position = start;
      writeSparse(writer, array, length);
      writer.leave();
      return;
    }
    writer.at(index);
    writer.value(element);
  }
  writer.at(undefined);
  if (mayHaveProperties(array, length)) refuseProperties(array);
  writer.leave();
}

function writeSparse(writer: ValueWriter, array: readonly unknown[], length: number): void {
  const { out } = writer;
  writer.at(undefined);
  const indices = refuseProperties(array);
  out.tag(TAG_SPARSE);
  out.head(ARRAY, 1 + indices.length * 2);
  out.number(length);
  for (const index of indices) {
    writer.at(index);
    out.number(index);
    writer.value(array[index]);
  }
}

/**
 * Whether an array without holes could have properties beside its elements. Listing the keys of a
 * long array costs more than encoding it, but `inspect` lists only those that are no indices: if
 * its text is the plain one, there are none.
 */
function mayHaveProperties(array: readonly unknown[], length: number): boolean {
  if (length <= COUNTED_LENGTH) return Object.keys(array).length !== length;
  return inspect(array, INSPECTION) !== `[ ... ${length} more items ]`;
}

/** The indices of the elements; refuses any other property. */
function refuseProperties(array: readonly unknown[]): number[] {
  return Object.keys(array).map((key) => {
    const index = Number(key);
    if (!(index >= 0 && index <= MAX_INDEX) || String(index) !== key) {
      const name = JSON.stringify(key);
      throw new Refusal(`an array with the property ${name} (spread it into a plain one)`);
    }
    return index;
  });
}
