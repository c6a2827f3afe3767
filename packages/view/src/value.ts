import { REFERENCE } from '@skein/values';
import type { Reference } from '@skein/values';
import { formatAmount, formatBytes, formatCount } from './amount.ts';

/** Any value on one line of at most `width` characters; what is left out is marked with `…`. */
export function shorten(value: unknown, width = 60): string {
  return clip(write(value, { room: width, depth: 0 }), width);
}

/** Long lists are shortened, step by step, until everything has its place. */
const LIST_LIMITS = [Infinity, 20, 10, 5, 3, 1] as const;

/** A value over as many lines as it needs, at most `lines`; what is left out is counted. */
export function unfold(value: unknown, { width = 80, lines = 40 }: UnfoldOptions = {}): string[] {
  let all: string[] = [];
  for (const limit of LIST_LIMITS) {
    all = unfoldInto(value, { width, indent: '', budget: lines + 1, limit });
    if (all.length <= lines) return all;
  }
  return [...all.slice(0, lines - 1), '…'];
}

export interface UnfoldOptions {
  readonly width?: number;
  readonly lines?: number;
}

/** `text` on one line of at most `width` characters. */
export function clip(text: string, width: number): string {
  const line = text.replace(/\s*\n\s*/g, ' ');
  return line.length <= width ? line : `${cut(line, Math.max(0, width - 1))}…`;
}

/** Never between the halves of a surrogate pair. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

interface Room {
  /** Characters that are still worth writing; never exact, so that nothing large is walked. */
  readonly room: number;
  readonly depth: number;
}

function write(value: unknown, at: Room): string {
  if (typeof value === 'string') return quote(value, at.room);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return writeReference(value) ?? 'a function';
  if (typeof value !== 'object' || value === null) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (Array.isArray(value)) {
    return writeList(value, { open: '[', close: ']', size: value.length, at, item: write });
  }
  return writeKnown(value) ?? writeContainer(value, at);
}

function quote(text: string, room: number): string {
  const kept = text.length > room ? `${cut(text, Math.max(1, room))}…` : text;
  return JSON.stringify(kept);
}

/** Objects that are written whole. */
function writeKnown(value: object): string | undefined {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  }
  if (value instanceof RegExp) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `${value.constructor.name}(${formatAmount(value.byteLength, 'byte')})`;
  }
  return writeReference(value);
}

/** `File`, `Dir` and tasks, and their references as they are recorded. */
function writeReference(value: object): string | undefined {
  const held: unknown = Reflect.get(value, REFERENCE);
  if (held === undefined) return undefined;
  const reference = (typeof held === 'function' ? held.call(value) : held) as Reference;
  switch (reference.kind) {
    case 'file':
      return `File(${JSON.stringify(reference.name)}, ${formatBytes(reference.size)})`;
    case 'dir':
      return `Dir(${formatAmount(reference.entries.length, 'file')})`;
    case 'task':
      return `task ${reference.id}`;
  }
}

function writeContainer(value: object, at: Room): string {
  if (value instanceof Map) {
    const item = ([key, entry]: readonly [unknown, unknown], inner: Room): string =>
      `${write(key, inner)} => ${write(entry, inner)}`;
    return writeList(value, { open: 'Map {', close: '}', size: value.size, at, item });
  }
  if (value instanceof Set) {
    return writeList(value, { open: 'Set {', close: '}', size: value.size, at, item: write });
  }
  const keys = Object.keys(value);
  const item = (key: string, inner: Room): string =>
    `${writeKey(key)}: ${write(Reflect.get(value, key), inner)}`;
  return writeList(keys, { open: '{', close: '}', size: keys.length, at, item });
}

interface List<T> {
  readonly open: string;
  readonly close: string;
  readonly size: number;
  readonly at: Room;
  readonly item: (value: T, at: Room) => string;
}

const MAX_DEPTH = 4;

function writeList<T>(items: Iterable<T>, { open, close, size, at, item }: List<T>): string {
  if (size === 0) return `${open}${close}`;
  if (at.depth >= MAX_DEPTH) return `${open}…${close}`;
  const parts: string[] = [];
  const pad = open.endsWith('{') ? ' ' : '';
  const rest = (left: number): string => `… ${formatCount(left)} more`;
  let room = at.room - open.length - close.length - 2 * pad.length;
  for (const value of items) {
    const left = size - parts.length - 1;
    const own = left > 0 ? room - rest(left).length - 2 : room;
    const part = item(value, { room: Math.max(8, own), depth: at.depth + 1 });
    if (part.length > own && parts.length > 0) break;
    parts.push(part);
    room -= part.length + 2;
  }
  if (parts.length < size) parts.push(rest(size - parts.length));
  return `${open}${pad}${parts.join(', ')}${pad}${close}`;
}

function writeKey(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? key : JSON.stringify(key);
}

interface Unfolding {
  readonly width: number;
  readonly indent: string;
  /** Lines that can still be shown: beyond them nothing is looked at. */
  readonly budget: number;
  /** So many items of one list. */
  readonly limit: number;
}

function unfoldInto(value: unknown, at: Unfolding): string[] {
  const room = at.width - at.indent.length;
  const whole = write(value, { room: Math.max(20, room), depth: 0 });
  if (typeof value === 'string' && value.includes('\n')) return value.split('\n');
  if (!isUnfoldable(value) || (whole.length <= room && !whole.includes('…'))) return [whole];
  const entries = entriesOf(value);
  const lines: string[] = [];
  const limit = isList(value) ? at.limit : Infinity;
  let shown = 0;
  for (const [label, entry] of entries) {
    if (lines.length >= at.budget || shown >= limit) break;
    lines.push(...unfoldEntry({ label, entry }, { ...at, budget: at.budget - lines.length }));
    shown += 1;
  }
  const left = sizeOf(value) - shown;
  if (left > 0) lines.push(`… ${formatCount(left)} more`);
  return lines;
}

function unfoldEntry(of: { label: string; entry: unknown }, at: Unfolding): string[] {
  const inner = unfoldInto(of.entry, { ...at, indent: `${at.indent}  ` });
  const [first = ''] = inner;
  const fits = at.indent.length + of.label.length + 1 + first.length <= at.width;
  if (inner.length === 1 && !isUnfoldable(of.entry)) return [`${of.label} ${first}`];
  if (inner.length === 1 && fits) return [`${of.label} ${first}`];
  const [, ...rest] = inner;
  if (of.label === '-') return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
  return [of.label, ...inner.map((line) => `  ${line}`)];
}

function isUnfoldable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || writeKnown(value) === undefined;
}

/** Of an object each property has a meaning of its own; of a list the first items say enough. */
function isList(value: object): boolean {
  return Array.isArray(value) || value instanceof Set || value instanceof Map;
}

function* entriesOf(value: object): Generator<readonly [label: string, entry: unknown]> {
  if (Array.isArray(value) || value instanceof Set) {
    for (const entry of value) yield ['-', entry];
  } else if (value instanceof Map) {
    for (const [key, entry] of value) yield [`${shorten(key)} =>`, entry];
  } else {
    for (const key of Object.keys(value)) yield [`${writeKey(key)}:`, Reflect.get(value, key)];
  }
}

function sizeOf(value: object): number {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  return Object.keys(value).length;
}
