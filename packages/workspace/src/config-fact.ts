import { inspect } from 'node:util';

/** A field of the configuration, and what is wrong with it. */
export type Fact = readonly [name: string, value: string];

/** Not a Map, say: it would pass for an object without fields, and what it holds would be lost. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

const LONGEST = 60;
const ONE_LINE = { breakLength: Infinity, depth: 1 };

/** A value that was given, for a message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value, ONE_LINE);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
