import type { ParameterType } from '@skein/analysis';
import type { JsonValue } from '@skein/values';
import { coerce, typed } from './coerce.ts';

/**
 * The value that a flag's text stands for, in the JSON form of its type; `undefined` where it
 * cannot be one. Scalars are written plainly, everything else as JSON.
 */
export function readText(type: ParameterType, text: string): JsonValue | undefined {
  switch (type.kind) {
    case 'string':
    case 'file':
    case 'dir':
    case 'bytes':
      return coerce(type, text);
    case 'date':
    case 'bigint': {
      const coerced = coerce(type, text);
      return typeof coerced === 'string' ? undefined : coerced;
    }
    case 'number':
      return readNumber(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'null':
      return text === 'null' ? null : undefined;
    case 'undefined':
      return undefined;
    case 'literal':
      return text === String(type.value) ? type.value : undefined;
    case 'union':
      return readUnion(type.types, text);
    case 'unknown':
      return readJson(text) ?? text;
    default: {
      const json = readJson(text);
      return json === undefined ? undefined : coerce(type, json);
    }
  }
}

function readNumber(text: string): JsonValue | undefined {
  if (/^(?:NaN|-?Infinity|-0)$/.test(text)) return typed('number', text);
  return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

/** Text is the last resort: `string | number` takes `3` as a number. */
function readUnion(types: readonly ParameterType[], text: string): JsonValue | undefined {
  for (const member of types.toSorted((left, right) => rank(left) - rank(right))) {
    const read = readText(member, text);
    if (read !== undefined) return read;
  }
  return undefined;
}

function rank({ kind }: ParameterType): number {
  if (kind === 'string' || kind === 'unknown') return 3;
  return kind === 'file' || kind === 'dir' || kind === 'bytes' ? 2 : 1;
}

/** `undefined` where the text is no JSON. */
export function readJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
