import { fail, succeed, type Failure, type Result } from '@skein/model';
import type { RunOptions } from './run-result.ts';

interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly wanted: string;
}

const RULES: Readonly<Record<keyof RunOptions, Rule>> = {
  state: { fits: (value) => typeof value === 'string' && value !== '', wanted: 'a path' },
  executor: {
    fits: (value) => value === 'pool' || value === 'inline' || value === 'container',
    wanted: '"pool", "inline" or "container"',
  },
  concurrency: {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
    wanted: 'a whole number of at least 1',
  },
  force: { fits: isSwitch, wanted: 'true or false' },
  forceTasks: { fits: isNames, wanted: 'a list of names or ids of tasks' },
  readOnly: { fits: isSwitch, wanted: 'true or false' },
  strict: { fits: isSwitch, wanted: 'true or false' },
  remote: {
    fits: (value) => typeof value === 'string' && value !== '',
    wanted: 'an address, or "off"',
  },
  remoteMode: { fits: isRemoteMode, wanted: '"read", "write", "read-write" or "off"' },
  labels: { fits: isLabels, wanted: 'an object of texts' },
  resume: {
    fits: (value) => typeof value === 'string' && value !== '',
    wanted: 'the id of a run, or "last"',
  },
  edited: {
    fits: (value) => value === 'adopt' || value === 'execute',
    wanted: '"adopt" or "execute"',
  },
  signal: { fits: (value) => value instanceof AbortSignal, wanted: 'an AbortSignal' },
  onEvent: { fits: (value) => typeof value === 'function', wanted: 'a function' },
};

/** What a program asks for is honoured or refused, never passed over in silence. */
export function checkOptions(options: RunOptions): Result<RunOptions> {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return fail(noObject());
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const rule = Object.hasOwn(RULES, name) ? RULES[name as keyof RunOptions] : undefined;
    if (rule === undefined) return fail(unknownOption(name));
    if (!rule.fits(value)) return fail(misfit(name, rule.wanted));
  }
  if (options.edited !== undefined && options.resume === undefined) {
    return fail(misfit('edited', 'only together with "resume"'));
  }
  return succeed(options);
}

function isSwitch(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isRemoteMode(value: unknown): boolean {
  return value === 'read' || value === 'write' || value === 'read-write' || value === 'off';
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function isLabels(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((label) => typeof label === 'string');
}

function noObject(): Failure {
  return {
    code: 'option-invalid',
    kind: 'usage',
    headline: 'the options of run are no object',
    facts: [['known', Object.keys(RULES).join(', ')]],
  };
}

function unknownOption(name: string): Failure {
  return {
    code: 'option-invalid',
    kind: 'usage',
    headline: `run has no option "${name}"`,
    facts: [['known', Object.keys(RULES).join(', ')]],
  };
}

function misfit(name: string, wanted: string): Failure {
  return {
    code: 'option-invalid',
    kind: 'usage',
    headline: `the option "${name}" of run does not fit`,
    facts: [['wanted', wanted]],
  };
}
