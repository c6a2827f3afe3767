type Properties = Readonly<Record<string, unknown>>;

/** What an error consists of; the stack is no part of it (T4). */
export interface ErrorParts {
  /** The built-in class: `Error`, `TypeError`, … `DOMException`. */
  readonly kind: string;
  /** Own properties that are not enumerable, as `message` and `cause` are, in `HIDDEN` order. */
  readonly hidden: Properties;
  /** Own enumerable properties. */
  readonly fields: Properties;
}

/** The properties that error classes define without making them enumerable, in written order. */
export const HIDDEN = ['message', 'name', 'cause', 'errors', 'error', 'suppressed'] as const;

export const DOM_EXCEPTION = 'DOMException';

const classes: ReadonlyMap<string, new (...args: never[]) => Error> = new Map<
  string,
  new (...args: never[]) => Error
>([
  ['Error', Error],
  ['EvalError', EvalError],
  ['RangeError', RangeError],
  ['ReferenceError', ReferenceError],
  ['SyntaxError', SyntaxError],
  ['TypeError', TypeError],
  ['URIError', URIError],
  ['AggregateError', AggregateError],
  ['SuppressedError', SuppressedError],
]);

/** Names of the built-in classes that are encoded by what they consist of. */
export const errorKinds: readonly string[] = [...classes.keys()];

/** What `error`, of the built-in class `kind`, consists of. */
export function errorParts(error: Error, kind: string): ErrorParts {
  const hidden: Record<string, unknown> = {};
  if (kind === DOM_EXCEPTION) {
    hidden['message'] = error.message;
    hidden['name'] = error.name;
  }
  for (const key of HIDDEN) {
    if (kind === DOM_EXCEPTION && (key === 'message' || key === 'name')) continue;
    const descriptor = Object.getOwnPropertyDescriptor(error, key);
    if (descriptor !== undefined && !descriptor.enumerable) hidden[key] = Reflect.get(error, key);
  }
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (key !== 'stack') defineField(fields, key, Reflect.get(error, key));
  }
  return { kind, hidden, fields };
}

/** The error again; `undefined` if the parts cannot be those of any. */
export function errorOf({ kind, hidden, fields }: ErrorParts): Error | undefined {
  const error = kind === DOM_EXCEPTION ? domException(hidden) : plainError(kind);
  if (error === undefined) return undefined;
  let position = 0;
  for (const [key, value] of Object.entries(hidden)) {
    const found = (HIDDEN as readonly string[]).indexOf(key, position);
    if (found < 0 || Object.hasOwn(fields, key)) return undefined;
    position = found + 1;
    if (kind !== DOM_EXCEPTION || (key !== 'message' && key !== 'name')) {
      defineHidden(error, key, value);
    }
  }
  if (Object.hasOwn(fields, 'stack')) return undefined;
  for (const [key, value] of Object.entries(fields)) defineField(error, key, value);
  // Where it was decoded is of no interest, and where it was thrown is not in the bytes.
  defineHidden(error, 'stack', headline(error));
  return error;
}

/** Sets an own enumerable property whatever its name, `__proto__` included. */
export function defineField(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function defineHidden(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true });
}

function plainError(kind: string): Error | undefined {
  const Class = classes.get(kind);
  if (Class === undefined) return undefined;
  const error: Error = Reflect.construct(Class, kind === 'AggregateError' ? [[]] : []);
  for (const key of HIDDEN) Reflect.deleteProperty(error, key);
  return error;
}

function domException(hidden: Properties): Error | undefined {
  const { message, name } = hidden;
  if (typeof message !== 'string' || typeof name !== 'string') return undefined;
  return new DOMException(message, name);
}

function headline(error: Error): string {
  const { message, name } = error;
  return typeof message === 'string' && message !== '' ? `${name}: ${message}` : name;
}
