declare const TYPE: unique symbol;
const JSON_KIND: unique symbol = Symbol.for('skein.json');

/** An input or output of a command that is JSON of a type: made by `json<T>()`. */
export interface JsonKind<T, Optional extends boolean = boolean> {
  readonly optional: Optional;
  readonly [TYPE]?: T;
}

/**
 * `'json'` with a type: `inputs: { options: json<Options>() }`. The type is the author's word, and
 * nothing checks what the program writes. `optional`: an input that may be left out.
 */
export function json<T>(): JsonKind<T, false>;
export function json<T>(options: { readonly optional: true }): JsonKind<T, true>;
export function json<T>(options?: { readonly optional: true }): JsonKind<T> {
  const kind = { optional: options?.optional === true };
  Object.defineProperty(kind, JSON_KIND, { value: true });
  return Object.freeze(kind);
}

/** An object of no class, wherever it was made. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Found by symbol, so that it is known also where the SDK was loaded twice. */
export function isJsonKind(value: unknown): value is JsonKind<unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, JSON_KIND);
}
