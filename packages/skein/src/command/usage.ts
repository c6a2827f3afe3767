import type { Failure } from '@skein/model';
import { nearest } from './nearest.ts';
import { commands, type CommandSpec, type OptionSpec } from './specs.ts';

/** Wrong usage of a command, with where to read how it is used. */
export function usageFailure(command: CommandSpec, failure: UsageParts): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: failure.headline,
    facts: failure.facts,
    hint: failure.hint ?? `see "skein help ${command.name}"`,
  };
}

export interface UsageParts {
  readonly headline: string;
  readonly facts: Failure['facts'];
  readonly hint?: string;
}

export function unknownCommand(name: string): Failure {
  const meant = nearest(
    name,
    [...commands, { name: 'help' }].map((command) => command.name),
  );
  return {
    code: 'usage',
    kind: 'usage',
    headline: `skein has no command "${name}"`,
    facts: meant === undefined ? [] : [['did you mean', `skein ${meant}`]],
    hint: '"skein --help" lists the commands',
  };
}

/** `skein cache lst`: the words that could have been meant are told. */
export function unknownWord({ name, commands: known = [] }: CommandSpec, word: string): Failure {
  const words = known.map((command) => command.name.slice(name.length + 1));
  const meant = nearest(word, words);
  return {
    code: 'usage',
    kind: 'usage',
    headline: `skein ${name} has no command "${word}"`,
    facts: [
      ['known', words.join(', ')],
      ...(meant === undefined ? [] : [['did you mean', `skein ${name} ${meant}`] as const]),
    ],
    hint: `see "skein help ${name}"`,
  };
}

/** `known` are the flags it could have been, without dashes. */
export function unknownFlag(flag: string, known: readonly string[], where: string): Failure {
  const name = flag.replace(/^-+/, '');
  const meant = nearest(name, known);
  const hint = meant === name ? `"--${name}" is one of ours: write it before "--"` : undefined;
  return {
    code: 'flag-unknown',
    kind: 'usage',
    headline: `${where} has no flag "${flag}"`,
    facts: [
      ['given', `"${flag}"`],
      ['known', known.length === 0 ? 'none' : known.map((name) => `--${name}`).join(', ')],
    ],
    ...(meant === undefined ? {} : { hint: hint ?? `did you mean "--${meant}"?` }),
  };
}

/** A flag without which the command does not know what is meant. */
export function missingFlag(command: CommandSpec, name: string): Failure {
  const option = command.options.find((one) => one.name === name);
  return usageFailure(command, {
    headline: `"skein ${command.name}" needs --${name}`,
    facts: option === undefined ? [] : [['wanted', `${describeWanted(option)}: ${option.doc}`]],
  });
}

/** A flag whose value is missing, not wanted, or not of the wanted kind. */
export function flagValue(flag: string, { given, wanted, hint }: FlagValueParts): Failure {
  return {
    code: 'flag-value',
    kind: 'usage',
    headline: `the value of "--${flag}" does not fit`,
    facts: [
      ['given', given],
      ['wanted', wanted],
    ],
    ...(hint === undefined ? {} : { hint }),
  };
}

export interface FlagValueParts {
  readonly given: string;
  readonly wanted: string;
  readonly hint?: string;
}

export function describeWanted(option: OptionSpec): string {
  if (option.choices !== undefined) return oneOf(option.choices);
  return option.value === undefined ? 'no value' : `<${option.value}>`;
}

/** `"a" or "b"`, `"a", "b" or "c"`. */
function oneOf(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter(Boolean).join(' or ');
}
