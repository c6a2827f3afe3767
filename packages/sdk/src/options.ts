import type {
  Backoff,
  CachePolicy,
  ResourceRequest,
  RetryPolicy,
  ReusePolicy,
  TaskOptions,
  TimeoutPolicy,
  VariableSource,
} from '@skein/model';
import { parseImage } from './image.ts';
import { throwInvalidOption } from './invalid-option.ts';
import {
  anyText,
  below,
  bound,
  duration,
  flag,
  namesOf,
  numberFrom,
  oneOf,
  parseFields,
  recordOf,
  size,
  text,
  wholeNumber,
} from './option-parser.ts';
import type { OptionFields, OptionPlace } from './option-parser.ts';

/** Options of one level, checked and in the units of the model; only those that were given. */
export type GivenOptions = Partial<TaskOptions>;

export const DEFAULT_BACKOFF: Backoff = { baseMs: 500, factor: 2, capMs: 30_000 };

export const DEFAULT_OPTIONS: TaskOptions = {
  cache: { mode: 'inherit' },
  retries: { count: 0, backoff: DEFAULT_BACKOFF },
  timeout: {},
  resources: {},
  network: false,
  reuse: {},
  variables: {},
  secrets: [],
  strict: false,
  report: false,
  labels: {},
};

const OPTIONS: OptionFields<GivenOptions> = {
  cache: ['cache', parseCache],
  retries: ['retries', parseRetries],
  timeout: ['timeout', parseTimeout],
  resources: ['resources', parseResources],
  image: ['image', parseImage],
  isolation: ['isolation', oneOf('process', 'inline', 'container')],
  network: ['network', flag],
  reuse: ['reuse', parseReuse],
  variables: ['variables', parseVariables],
  secrets: ['secrets', variableNames],
  strict: ['strict', flag],
  report: ['report', flag],
  labels: ['labels', recordOf(anyText, 'an object of strings')],
  title: ['title', text],
};

/** Names of all options, as authors write them. */
export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

const BACKOFF: OptionFields<Backoff> = {
  baseMs: ['base', duration],
  factor: ['factor', numberFrom(1)],
  capMs: ['cap', duration],
};

const RETRIES: OptionFields<RetryPolicy> = {
  count: ['count', wholeNumber(0)],
  backoff: ['backoff', (value, at) => ({ ...DEFAULT_BACKOFF, ...parseFields(BACKOFF, value, at) })],
};

const TIMEOUT: OptionFields<TimeoutPolicy> = {
  runMs: ['run', bound],
  queuedMs: ['queued', bound],
  deadlineMs: ['deadline', bound],
};

const RESOURCES: OptionFields<ResourceRequest> = {
  cpu: ['cpu', numberFrom(0)],
  memoryBytes: ['memory', size],
  gpu: ['gpu', wholeNumber(0)],
  diskBytes: ['disk', size],
  shmBytes: ['shm', size],
  tokens: ['tokens', recordOf(wholeNumber(0), 'an object of whole numbers')],
};

const REUSE: OptionFields<ReusePolicy> = {
  replicas: ['replicas', wholeNumber(1)],
  concurrency: ['concurrency', wholeNumber(1)],
  idleTtlMs: ['idleTtl', duration],
};

interface CacheSettings {
  readonly version?: string;
  readonly ignoredInputs?: readonly string[];
  readonly salt?: string;
  readonly maxAgeMs?: number;
}

const CACHE: OptionFields<CacheSettings> = {
  version: ['version', text],
  ignoredInputs: ['ignoredInputs', namesOf],
  salt: ['salt', anyText],
  maxAgeMs: ['maxAge', duration],
};

/** Checks one level's options. `owner` is whose they are, for messages: `environment 'langid'`. */
export function parseOptions(input: unknown, owner: string): GivenOptions {
  return parseFields(OPTIONS, input, { owner, path: '' });
}

/** Later levels replace earlier ones, option by option; what none gives is the default. */
export function mergeOptions(...levels: readonly GivenOptions[]): TaskOptions {
  return Object.assign({}, DEFAULT_OPTIONS, ...levels) as TaskOptions;
}

function parseCache(value: unknown, at: OptionPlace): CachePolicy {
  if (value === 'disable') return { mode: 'disable' };
  if (value === 'auto') return { mode: 'auto', ignoredInputs: [] };
  if (typeof value !== 'object') {
    const wanted = "'auto', 'disable' or { version, ignoredInputs, salt, maxAge }";
    throwInvalidOption({ ...at, given: value, wanted });
  }
  const { version, ignoredInputs = [], ...rest } = parseFields(CACHE, value, at);
  return version === undefined
    ? { mode: 'auto', ignoredInputs, ...rest }
    : { mode: 'version', version, ignoredInputs, ...rest };
}

function parseRetries(value: unknown, at: OptionPlace): RetryPolicy {
  if (typeof value !== 'object') {
    return { count: wholeNumber(0)(value, at), backoff: DEFAULT_BACKOFF };
  }
  const { count, backoff = DEFAULT_BACKOFF } = parseFields(RETRIES, value, at);
  return { count: wholeNumber(0)(count, below(at, 'count')), backoff };
}

function parseTimeout(value: unknown, at: OptionPlace): TimeoutPolicy {
  return typeof value === 'object' ? parseFields(TIMEOUT, value, at) : { runMs: bound(value, at) };
}

function parseResources(value: unknown, at: OptionPlace): ResourceRequest {
  return parseFields(RESOURCES, value, at);
}

function parseReuse(value: unknown, at: OptionPlace): ReusePolicy | false {
  if (value === false) return false;
  if (typeof value !== 'object') {
    const wanted = 'false or { replicas, concurrency, idleTtl }';
    throwInvalidOption({ ...at, given: value, wanted });
  }
  return parseFields(REUSE, value, at);
}

function parseVariables(value: unknown, at: OptionPlace): Readonly<Record<string, VariableSource>> {
  if (Array.isArray(value)) {
    const names = variableNames(value, at);
    return Object.fromEntries(names.map((name) => [name, { kind: 'inherit' } as const]));
  }
  const wanted = 'an array of names, or an object of strings';
  const values = recordOf(anyText, wanted)(value, at);
  variableNames(Object.keys(values), at);
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, { kind: 'set', value: text } as const]),
  );
}

function variableNames(value: unknown, at: OptionPlace): readonly string[] {
  const names = namesOf(value, at);
  for (const name of names) {
    if (!/[=\0]/.test(name)) continue;
    throwInvalidOption({ ...at, given: name, wanted: 'the name of a variable' });
  }
  return names;
}
