/** An error or another thrown value, as far as a person is shown it. */
export interface Thrown {
  /** `RangeError: too large`, or the value on one line. */
  readonly text: string;
  /** What led to it; absent where nothing did. */
  readonly cause?: unknown;
  readonly stack?: string;
}

/**
 * Reads an error in each of the forms it comes in: `Error`, the recorded `ErrorRecord`, a
 * `ThrownRecord` around it, the `SummaryError` of a summary. Any other value is just a value.
 */
export function readThrown(value: unknown, write: (value: unknown) => string): Thrown {
  const record = unwrapThrown(value);
  if (!isObject(record) || typeof record['message'] !== 'string') return { text: write(record) };
  const { message, cause, stack } = record;
  const name = thrownName(record);
  return {
    text: message === '' ? name : `${name}: ${message}`,
    ...(cause === undefined || cause === null ? {} : { cause }),
    ...(typeof stack === 'string' ? { stack } : {}),
  };
}

/** `{ kind: 'error', error }` and `{ kind: 'value', value }` hold what was thrown. */
export function unwrapThrown(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (value['kind'] === 'error' && isObject(value['error'])) return value['error'];
  return value['kind'] === 'value' && 'value' in value ? value['value'] : value;
}

/** The constructor's name is for people; `class` is where a record has no other. */
export function thrownName(record: Readonly<Record<string, unknown>>): string {
  for (const name of [record['name'], record['class']]) {
    if (typeof name === 'string' && name !== '') return name;
  }
  return 'Error';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The frames of a stack: the author's alone, not Node's or a library's, if there are any. */
export function authorFrames(stack: string | undefined): readonly string[] {
  const frames = (stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
  const own = frames.filter((line) => !/\bnode:|(?:^|[/\\(\s])node_modules[/\\]/.test(line));
  return own.length > 0 ? own : frames;
}
