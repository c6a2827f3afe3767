import type { Result, TaskOptions } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { decode, encode } from '@skein/values';
import { invalidOption, throwInvalidOption } from './invalid-option.ts';
import type { OverrideInput } from './option-input.ts';
import { parseRecord } from './option-parser.ts';
import { OPTION_NAMES, parseOptions } from './options.ts';
import type { GivenOptions } from './options.ts';

/** What `task.override` was given: checked, and nobody can change it any more. */
export interface Override {
  readonly options: GivenOptions;
  /** Cancels the one call (X5); it never leaves the process of the caller. */
  readonly signal: AbortSignal | undefined;
}

const encoded = new WeakMap<Override, Uint8Array>();

/** Checks an override; throws `option-invalid`. `owner` is whose it is, for messages. */
export function parseOverride(input: OverrideInput, owner: string): Override {
  const { signal, ...options } = parseRecord(input, { owner, path: '' }, 'an object');
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throwInvalidOption({ owner, path: 'signal', given: signal, wanted: 'an AbortSignal' });
  }
  return { options: parseOptions(options, owner), signal };
}

/** An override of an override: option by option the later replaces the earlier. */
export function mergeOverride(earlier: Override | undefined, later: Override): Override {
  return {
    options: { ...earlier?.options, ...later.options },
    signal: later.signal ?? earlier?.signal,
  };
}

/**
 * The bytes of an override as it leaves the worker and stands in traces; equal overrides are
 * equal bytes. `undefined` where no option is left, for `signal` stays behind.
 */
export function encodeOverride(override: Override | undefined): Uint8Array | undefined {
  if (override === undefined || Object.keys(override.options).length === 0) return undefined;
  let bytes = encoded.get(override);
  if (bytes === undefined) {
    bytes = encode(inOrder(override.options), { path: 'override' });
    encoded.set(override, bytes);
  }
  return bytes;
}

/** The options with an encoded override applied. Bytes that hold no override are a failure. */
export function applyOverride(options: TaskOptions, override: Uint8Array): Result<TaskOptions> {
  const given = decodeOverride(override);
  if (given !== undefined) return succeed({ ...options, ...given });
  const wanted = 'options encoded by this version';
  return fail(invalidOption({ owner: 'an override', path: '', given: override, wanted }));
}

function decodeOverride(bytes: Uint8Array): GivenOptions | undefined {
  let given: unknown;
  try {
    given = decode(bytes);
  } catch {
    return undefined;
  }
  if (typeof given !== 'object' || given === null) return undefined;
  const known = Object.keys(given).every((name) => OPTION_NAMES.includes(name));
  return known ? given : undefined;
}

/** Merging leaves the options in the order they came in; the bytes must not tell. */
function inOrder(options: GivenOptions): GivenOptions {
  const given = new Map(Object.entries(options));
  return Object.fromEntries(
    OPTION_NAMES.filter((name) => given.has(name)).map((name) => [name, given.get(name)]),
  );
}
