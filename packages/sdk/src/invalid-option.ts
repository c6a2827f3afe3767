import type { Failure } from '@skein/model';
import { FailureError } from '@skein/model';

const SHOWN_LENGTH = 60;

export interface InvalidOption {
  /** Whose option: `environment 'langid'`. */
  readonly owner: string;
  /** `timeout.run`; empty where the options themselves are no object. */
  readonly path: string;
  readonly given: unknown;
  readonly wanted: string;
}

/** The failure `option-invalid`: whose option, what was given, what is wanted. */
export function invalidOption(problem: InvalidOption): Failure {
  const { owner, path, wanted } = problem;
  const given = quote(problem.given);
  const what = path === '' ? 'the options' : `option '${path}'`;
  return {
    code: 'option-invalid',
    kind: 'usage',
    headline: `${what} of ${owner}: given ${given}, wanted ${wanted}`,
    facts: [
      ['option', path],
      ['of', owner],
      ['given', given],
      ['wanted', wanted],
    ],
  };
}

/** Authors' options are checked where they are written: the error points at that line. */
export function throwInvalidOption(problem: InvalidOption): never {
  throw new FailureError(invalidOption(problem));
}

/** A value in a message: strings in quotes, containers by their kind. */
export function quote(value: unknown): string {
  if (typeof value === 'string') {
    const short = value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value;
    return `'${short}'`;
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return Object.is(value, -0) ? '-0' : String(value);
}
