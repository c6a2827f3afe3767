/** The declared parameters of a function: what V5 counts. */
export interface DeclaredParameters {
  /** As written where it is a plain name, else `arg0` …; a bundler may have renamed it. */
  readonly names: readonly string[];
  /** True where the last one is a rest parameter. */
  readonly rest: boolean;
}

const NAME = /^(\.\.\.)?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u;
const SINGLE = /^(?:async\b\s*)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** After these a slash begins a regular expression, not a division. */
const BEFORE_REGEXP = new Set([...'(,=:[!&|?{};+-*%~^<>', '']);

/**
 * Reads a function's parameters from its source, because `length` ends at the first default.
 * Functions without source (bound, built in) are read from `length`.
 */
export function parametersOf(fn: (...args: never[]) => unknown): DeclaredParameters {
  const source = Function.prototype.toString.call(fn);
  if (source.endsWith('{ [native code] }')) return numbered(fn.length);
  const single = SINGLE.exec(source)?.[1];
  if (single !== undefined) return { names: [single], rest: false };
  const parts = readList(source);
  return parts === undefined ? numbered(fn.length) : describe(parts);
}

function numbered(count: number): DeclaredParameters {
  return { names: Array.from({ length: count }, (_, index) => `arg${index}`), rest: false };
}

function describe(parts: readonly string[]): DeclaredParameters {
  const names = parts.map((part, index) => NAME.exec(part)?.[2] ?? `arg${index}`);
  return { names, rest: parts.at(-1)?.startsWith('...') === true };
}

/** The texts between the commas of the parameter list, without comments. */
function readList(source: string): readonly string[] | undefined {
  const start = listStart(source);
  if (start === undefined) return undefined;
  const parts: string[] = [];
  let part = '';
  let at = start + 1;
  while (at < source.length) {
    const character = source[at] ?? '';
    if (character === ')' || character === ',') {
      if (part.trim() !== '') parts.push(part.trim());
      if (character === ')') return parts;
      part = '';
      at += 1;
      continue;
    }
    const end = skipItem(source, at, part);
    if (!isComment(source, at)) part += source.slice(at, end);
    at = end;
  }
  return undefined;
}

/** The parenthesis that opens the list: behind a name, which may be computed. */
function listStart(source: string): number | undefined {
  let at = 0;
  while (at < source.length) {
    if (source[at] === '(') return at;
    at = skipItem(source, at, '');
  }
  return undefined;
}

/** The position behind the token, group, string, comment or regular expression at `at`. */
function skipItem(source: string, at: number, before: string): number {
  const character = source[at] ?? '';
  const close = CLOSING[character];
  if (close !== undefined) return skipGroup(source, at, close);
  if (character === "'" || character === '"') return skipString(source, at, character);
  if (character === '`') return skipTemplate(source, at);
  if (isComment(source, at)) return skipComment(source, at);
  if (character === '/' && BEFORE_REGEXP.has(before.trimEnd().at(-1) ?? '')) {
    return skipRegExp(source, at);
  }
  return at + 1;
}

function skipGroup(source: string, open: number, close: string): number {
  let before = source[open] ?? '';
  let at = open + 1;
  while (at < source.length && source[at] !== close) {
    const end = skipItem(source, at, before);
    if (!isComment(source, at)) before = source.slice(at, end).trim() || before;
    at = end;
  }
  return at + 1;
}

function skipString(source: string, open: number, quote: string): number {
  let at = open + 1;
  while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}

function skipTemplate(source: string, open: number): number {
  let at = open + 1;
  while (at < source.length && source[at] !== '`') {
    if (source.startsWith('${', at)) at = skipGroup(source, at + 1, '}');
    else at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function isComment(source: string, at: number): boolean {
  return source.startsWith('//', at) || source.startsWith('/*', at);
}

function skipComment(source: string, at: number): number {
  const line = source.startsWith('//', at);
  const end = source.indexOf(line ? '\n' : '*/', at);
  return end < 0 ? source.length : end + (line ? 1 : 2);
}

function skipRegExp(source: string, open: number): number {
  let at = open + 1;
  let inClass = false;
  while (at < source.length && (inClass || source[at] !== '/')) {
    if (source[at] === '[') inClass = true;
    else if (source[at] === ']') inClass = false;
    at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}
