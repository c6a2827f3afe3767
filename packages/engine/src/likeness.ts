import { decode, encode } from '@skein/values';
import type { TaskId } from '@skein/model';

const CACHE_FIELDS = ['version', 'salt', 'ignoredInputs'] as const;
const PLACE_FIELDS = ['image', 'network'] as const;

/**
 * The task with what a call overrode of the options that its key covers (Q5): by it and the inputs
 * a call is found again in an earlier run (R1). Retries, resources, timeouts and labels may be
 * others than then, and whether results are kept.
 */
export function likenessOf(task: TaskId, override: Uint8Array | undefined): string {
  if (override === undefined) return task;
  const given = recordOf(decode(override));
  const kept: [string, unknown][] = [];
  const cache = recordOf(given['cache']);
  for (const name of CACHE_FIELDS) {
    if (cache[name] !== undefined) kept.push([name, cache[name]]);
  }
  for (const name of PLACE_FIELDS) if (given[name] !== undefined) kept.push([name, given[name]]);
  const variables = recordOf(given['variables']);
  for (const name of Object.keys(variables).toSorted()) kept.push([`$${name}`, variables[name]]);
  return kept.length === 0 ? task : `${task}|${Buffer.from(encode(kept)).toString('hex')}`;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
