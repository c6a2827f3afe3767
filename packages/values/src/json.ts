/** What JSON has words for. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What JSON has no word for: `{ "$type": "map", "value": [["a", 1]] }`. */
export interface JsonTyped {
  readonly $type: string;
  readonly value: JsonValue;
  readonly [key: string]: JsonValue;
}

export function typed($type: string, value: JsonValue): JsonTyped {
  return { $type, value };
}

/** Numbers that JSON cannot write. */
export const numberWords: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);
