/**
 * Functions of the language and of Node that change nothing outside their arguments and what
 * they return. Reading files and the clock are no effects here: they are observed (O1, O8).
 */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  Object: ['keys', 'values', 'entries', 'fromEntries', 'is', 'hasOwn', 'getOwnPropertyNames'],
  Array: ['isArray', 'from', 'of'],
  Number: ['isFinite', 'isInteger', 'isNaN', 'isSafeInteger', 'parseFloat', 'parseInt'],
  String: ['fromCharCode', 'fromCodePoint', 'raw'],
  BigInt: ['asIntN', 'asUintN'],
  Symbol: ['for'],
  Date: ['now', 'UTC', 'parse'],
  JSON: ['parse', 'stringify'],
  Buffer: ['from', 'alloc', 'concat', 'byteLength', 'isBuffer'],
  URL: ['canParse'],
  process: ['cwd', 'hrtime', 'uptime', 'memoryUsage'],
  performance: ['now'],
  crypto: ['randomUUID'],
};

const CALLS = new Set(
  [
    'Array BigInt Boolean Number Object String Symbol Error TypeError RangeError RegExp',
    'Date parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent',
    'encodeURI decodeURI structuredClone atob btoa',
  ].flatMap((it) => it.split(' ')),
);

const CONSTRUCTORS = new Set(
  [
    'Map Set WeakMap WeakSet WeakRef Date RegExp URL URLSearchParams Array Object Boolean',
    'Number String Error TypeError RangeError SyntaxError EvalError ReferenceError',
    'URIError AggregateError ArrayBuffer SharedArrayBuffer DataView Uint8Array Int8Array',
    'Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Float16Array',
    'BigInt64Array BigUint64Array Uint8ClampedArray TextEncoder TextDecoder',
    'AbortController EventTarget Headers Blob',
  ].flatMap((it) => it.split(' ')),
);

/** Globals whose members are data or functions, never accessors of anybody else. */
const NAMESPACES = new Set([...Object.keys(FUNCTIONS), ...CALLS, ...CONSTRUCTORS, 'Math', 'Intl']);

/** Methods of built-in values that leave their receiver alone. */
const READERS = new Set(
  [
    'at charAt charCodeAt codePointAt concat endsWith includes indexOf join keys',
    'lastIndexOf length match matchAll normalize padEnd padStart repeat replace replaceAll',
    'search slice split startsWith substring toLowerCase toUpperCase trim trimEnd',
    'trimStart values entries every filter find findIndex findLast findLastIndex flat',
    'flatMap forEach map reduce reduceRight some toReversed toSorted toSpliced with get',
    'has size toString toFixed toISOString getTime toJSON localeCompare difference',
    'intersection union symmetricDifference isSubsetOf isSupersetOf toLocaleString',
    'subarray description toPrecision valueOf',
  ].flatMap((it) => it.split(' ')),
);

/** Methods of built-in values whose result moves on when it is read. */
const ITERATORS = new Set(['keys', 'values', 'entries', 'matchAll']);

/** Constructors whose object may be, or look into, what they were given. */
const SHARERS = /^(?:Object|DataView|.*\dArray|Uint8ClampedArray)$/;

/** Methods of built-in values that change their receiver and nothing else. */
const WRITERS = new Set(
  'push pop shift unshift splice sort reverse fill set add delete clear append copyWithin'.split(
    ' ',
  ),
);

const MODULES: Readonly<Record<string, readonly string[]>> = {
  path: [
    'join',
    'resolve',
    'dirname',
    'basename',
    'extname',
    'relative',
    'normalize',
    'isAbsolute',
    'parse',
    'format',
    'toNamespacedPath',
  ],
  url: ['fileURLToPath', 'pathToFileURL'],
  fs: ['readFileSync', 'existsSync', 'readdirSync', 'statSync', 'lstatSync', 'realpathSync'],
  os: ['cpus', 'availableParallelism', 'tmpdir', 'homedir', 'platform', 'arch', 'totalmem'],
  module: ['createRequire'],
  util: ['promisify', 'inspect', 'format'],
  crypto: ['randomUUID', 'randomBytes', 'createHash', 'hash'],
};

const MODULE_CONSTRUCTORS: Readonly<Record<string, readonly string[]>> = {
  async_hooks: ['AsyncLocalStorage'],
  events: ['EventEmitter', 'default'],
  url: ['URL', 'URLSearchParams'],
  util: ['TextEncoder', 'TextDecoder'],
};

/** A call of a global: `parseInt(…)`, or of a member of one: `Math.max(…)`. */
export function isPureCall(object: string | null, name: string): boolean {
  if (object === null) return CALLS.has(name);
  if (object === 'Math') return true;
  return Object.hasOwn(FUNCTIONS, object) && (FUNCTIONS[object] ?? []).includes(name);
}

export function isPureConstructor(name: string): boolean {
  return CONSTRUCTORS.has(name);
}

export function isKnownNamespace(name: string): boolean {
  return NAMESPACES.has(name);
}

/** Whether `new` of a global makes an object that shares nothing with its arguments. */
export function makesOwn(name: string): boolean {
  return !SHARERS.test(name);
}

export function isIteratorMethod(name: string | null): boolean {
  return name !== null && ITERATORS.has(name);
}

export function isReadMethod(name: string): boolean {
  return READERS.has(name);
}

export function isWriteMethod(name: string): boolean {
  return WRITERS.has(name);
}

/** `specifier` with or without `node:`; `imported` may be `default.join` of a default import. */
export function isPureBuiltIn(specifier: string, imported: string): boolean {
  return listed(MODULES, specifier, imported);
}

export function isPureBuiltInConstructor(specifier: string, imported: string): boolean {
  return listed(MODULE_CONSTRUCTORS, specifier, imported);
}

function listed(
  table: Readonly<Record<string, readonly string[]>>,
  specifier: string,
  imported: string,
): boolean {
  const name = specifier.replace(/^node:/, '').replace(/\/(posix|win32|promises)$/, '');
  return Object.hasOwn(table, name) && (table[name] ?? []).includes(imported);
}
