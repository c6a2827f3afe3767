/**
 * Where values go in methods of the language's own objects. Names that are not here belong to
 * somebody else's objects.
 */
export interface MethodFlow {
  /** What the method gives, seen from its object: itself, a part, a new object with its parts. */
  readonly gives: 'same' | 'part' | 'parts' | 'callback' | 'nothing';
  /** Its object is another one afterwards. */
  readonly writes: boolean;
}

const TABLE: readonly (readonly [MethodFlow, string])[] = [
  [{ gives: 'part', writes: false }, 'at get find findLast next'],
  [{ gives: 'part', writes: true }, 'pop shift getOrInsert getOrInsertComputed'],
  [{ gives: 'same', writes: false }, 'valueOf subarray finally'],
  [{ gives: 'same', writes: true }, 'sort reverse fill set add copyWithin'],
  [
    { gives: 'parts', writes: false },
    'slice filter concat flat toSorted toReversed toSpliced with values entries keys union ' +
      'intersection difference symmetricDifference take drop toArray',
  ],
  [{ gives: 'parts', writes: true }, 'splice'],
  [{ gives: 'callback', writes: false }, 'map flatMap reduce reduceRight then catch'],
  [{ gives: 'nothing', writes: true }, 'push unshift delete clear append'],
  [
    { gives: 'nothing', writes: false },
    'charAt charCodeAt codePointAt endsWith includes indexOf join lastIndexOf length match ' +
      'matchAll normalize padEnd padStart repeat replace replaceAll search split startsWith ' +
      'substring substr toLowerCase toUpperCase trim trimEnd trimStart toLocaleLowerCase ' +
      'toLocaleUpperCase every findIndex findLastIndex forEach some has test exec toString ' +
      'toFixed toPrecision toISOString getTime toJSON localeCompare isSubsetOf isSupersetOf ' +
      'isDisjointFrom decode toLocaleString toLocaleDateString toLocaleTimeString getFullYear ' +
      'getMonth getDate getDay getHours getMinutes getSeconds getMilliseconds getUTCFullYear ' +
      'getUTCMonth getUTCDate getUTCDay getUTCHours getUTCMinutes getUTCSeconds ' +
      'getTimezoneOffset hasOwnProperty isPrototypeOf isWellFormed toWellFormed encode format ' +
      'formatToParts compare select toUTCString toDateString',
  ],
];

const METHODS = new Map(TABLE.flatMap(([flow, names]) => names.split(' ').map((it) => [it, flow])));

const SETS_DATE: MethodFlow = { gives: 'nothing', writes: true };

/** `undefined` for a method that no object of the language has. */
export function methodFlow(name: string): MethodFlow | undefined {
  return METHODS.get(name) ?? (/^set[A-Z]/.test(name) ? SETS_DATE : undefined);
}

const CALLERS = new Set(
  (
    'map flatMap reduce reduceRight then catch finally forEach filter find findIndex findLast ' +
    'findLastIndex some every sort toSorted replace replaceAll getOrInsertComputed'
  ).split(' '),
);

/** Whether a method of the language calls what it is given. */
export function callsArguments(name: string): boolean {
  return CALLERS.has(name);
}

/** Functions of globals that give a new object with the parts of their arguments, or those. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  Object: ['entries', 'values', 'fromEntries', 'groupBy', 'getOwnPropertyDescriptors'],
  Array: ['from', 'of', 'fromAsync'],
  Map: ['groupBy'],
  Promise: ['all', 'allSettled', 'race', 'any'],
};

export function givesParts(object: string, name: string): boolean {
  return Object.hasOwn(PARTS, object) && (PARTS[object] ?? []).includes(name);
}

/** Functions of globals that hand their first argument back. */
export function givesFirst(object: string, name: string): boolean {
  if (object === 'Promise') return name === 'resolve';
  return object === 'Object' && ['freeze', 'seal', 'preventExtensions', 'assign'].includes(name);
}

/** Functions of globals that change their first argument. */
export function writesFirst(object: string, name: string): boolean {
  const ofObject = ['assign', 'defineProperty', 'defineProperties', 'setPrototypeOf'];
  const ofReflect = ['set', 'defineProperty', 'deleteProperty', 'setPrototypeOf'];
  if (object === 'Object') return ofObject.includes(name);
  return object === 'Reflect' && ofReflect.includes(name);
}

/**
 * Methods by which something that is shared keeps what it is given, judged by their names: of
 * packages, of Node's modules and of globals, whose code is not read.
 */
export function keepsArguments(name: string): boolean {
  if (/^set(?:Timeout|Interval|Immediate)$/.test(name)) return false;
  return (
    /^(?:set|put|store|register|define|init|configure|install)(?:[A-Z]\w*)?$/.test(name) ||
    ['add', 'push', 'append', 'enterWith', 'loadEnvFile', 'chdir', 'mark'].includes(name)
  );
}

/** The same of functions that are imported by name: `set` and `add` alone say nothing there. */
export function isKeeper(name: string): boolean {
  const plain = ['set', 'put', 'define', 'add', 'push', 'append', 'store', 'mark'];
  return keepsArguments(name) && !plain.includes(name);
}

/** Methods that nothing but a collection has: by whatever name it is known. */
export function isCollecting(name: string): boolean {
  return ['push', 'unshift', 'splice', 'copyWithin'].includes(name);
}
