import { fail, succeed, type Failure, type Result } from '@skein/model';
import type { CommandSpec, OptionSpec } from './specs.ts';
import { describeWanted, flagValue, unknownFlag, usageFailure } from './usage.ts';

/** A command line, read by the table of its command. */
export interface Parsed {
  readonly command: CommandSpec;
  readonly positionals: readonly string[];
  /** Values by name of the option, in order; a switch has the value `true`. */
  readonly options: ReadonlyMap<string, readonly (string | true)[]>;
  /** What belongs to the task: flags that are not ours and what follows them. */
  readonly taskFlags: readonly string[];
}

/**
 * Reads arguments by the table of a command. Our own flags may stand anywhere before `--`; the
 * first flag that is not ours begins those of the task, if the command takes such flags.
 */
export function parse(command: CommandSpec, args: readonly string[]): Result<Parsed> {
  const reader = new Reader(command, args);
  const failure = reader.read();
  return failure === undefined ? succeed(reader.parsed()) : fail(failure);
}

class Reader {
  readonly #command: CommandSpec;
  readonly #args: readonly string[];
  readonly #positionals: string[] = [];
  readonly #options = new Map<string, (string | true)[]>();
  readonly #taskFlags: string[] = [];
  #at = 0;

  constructor(command: CommandSpec, args: readonly string[]) {
    this.#command = command;
    this.#args = args;
  }

  parsed(): Parsed {
    return {
      command: this.#command,
      positionals: this.#positionals,
      options: this.#options,
      taskFlags: this.#taskFlags,
    };
  }

  read(): Failure | undefined {
    while (this.#at < this.#args.length) {
      const arg = this.#args[this.#at] ?? '';
      this.#at += 1;
      if (arg === '--') return this.#readRest();
      const failure = isFlag(arg) ? this.#readFlag(arg) : this.#readPlain(arg);
      if (failure !== undefined) return failure;
    }
    return this.#checkPositionals();
  }

  /** Behind `--` nothing is ours: flags of the task, or plain words elsewhere. */
  #readRest(): Failure | undefined {
    const rest = this.#args.slice(this.#at);
    if (this.#command.takesTaskFlags === true) this.#taskFlags.push(...rest);
    else this.#positionals.push(...rest);
    return this.#checkPositionals();
  }

  #readPlain(arg: string): undefined {
    const list = this.#taskFlags.length > 0 ? this.#taskFlags : this.#positionals;
    list.push(arg);
    return undefined;
  }

  #readFlag(arg: string): Failure | undefined {
    const option = optionFor(this.#command, arg);
    if (option === undefined) {
      if (this.#command.takesTaskFlags === true) {
        this.#taskFlags.push(arg);
        return undefined;
      }
      const known = this.#command.options.map(({ name }) => name);
      return unknownFlag(arg, known, `skein ${this.#command.name}`);
    }
    const value = this.#valueOf(option, arg);
    if (!value.ok) return value.failure;
    const before = this.#options.get(option.name);
    if (before === undefined) this.#options.set(option.name, [value.value]);
    else if (option.repeats === true) before.push(value.value);
    else this.#options.set(option.name, [value.value]);
    return undefined;
  }

  #valueOf(option: OptionSpec, arg: string): Result<string | true> {
    const wanted = describeWanted(option);
    const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
    if (option.value === undefined || (option.optional === true && equals < 0)) {
      if (equals < 0) return succeed(true);
      return fail(flagValue(option.name, { given: `"${arg.slice(equals + 1)}"`, wanted }));
    }
    const next = equals < 0 ? this.#args[this.#at] : arg.slice(equals + 1);
    if (next === undefined || (equals < 0 && next.startsWith('--'))) {
      return fail(flagValue(option.name, { given: 'nothing', wanted }));
    }
    if (equals < 0) this.#at += 1;
    if (option.choices !== undefined && !option.choices.includes(next)) {
      return fail(flagValue(option.name, { given: `"${next}"`, wanted }));
    }
    return succeed(next);
  }

  #checkPositionals(): Failure | undefined {
    const { positionals, takesTaskFlags } = this.#command;
    if (this.#options.has('help')) return undefined;
    const missing = positionals[this.#positionals.length];
    if (missing?.required === true) {
      return usageFailure(this.#command, {
        headline: `"skein ${this.#command.name}" needs ${article(missing.name)} ${missing.name}`,
        facts: [['wanted', `<${missing.name}>: ${missing.doc}`]],
      });
    }
    const [extra] = this.#positionals.slice(positionals.length);
    if (extra === undefined || positionals.at(-1)?.repeats === true) return undefined;
    return usageFailure(this.#command, {
      headline: `"skein ${this.#command.name}" does not take "${extra}"`,
      facts: [['given', this.#positionals.map((word) => `"${word}"`).join(', ')]],
      ...(takesTaskFlags === true ? { hint: 'inputs of a task are flags: --name value' } : {}),
    });
  }
}

/** `-` alone is a value, and so is a negative number. */
function isFlag(arg: string): boolean {
  return arg.length > 1 && arg.startsWith('-') && !/^-\.?\d/.test(arg);
}

function optionFor(command: CommandSpec, arg: string): OptionSpec | undefined {
  if (!arg.startsWith('--')) return command.options.find(({ short }) => `-${short}` === arg);
  const [name] = arg.slice(2).split('=', 1);
  return command.options.find((option) => option.name === name);
}

/** The last value given. */
export function optionText({ options }: Parsed, name: string): string | undefined {
  const value = options.get(name)?.at(-1);
  return typeof value === 'string' ? value : undefined;
}

export function optionGiven({ options }: Parsed, name: string): boolean {
  return options.has(name);
}

/** Every value given, in order. */
export function optionTexts({ options }: Parsed, name: string): readonly string[] {
  return (options.get(name) ?? []).map(String);
}

/** A whole number of at least `least`. */
export function optionCount(
  parsed: Parsed,
  name: string,
  least: number,
): Result<number | undefined> {
  const text = optionText(parsed, name);
  if (text === undefined) return succeed(undefined);
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count) && count >= least) return succeed(count);
  const wanted = `a whole number of at least ${least}`;
  return fail(flagValue(name, { given: `"${text}"`, wanted }));
}

/** `key=value` for each time the option was given. */
export function optionPairs(
  { options }: Parsed,
  name: string,
): Result<readonly (readonly [string, string])[]> {
  const pairs: (readonly [string, string])[] = [];
  for (const value of options.get(name) ?? []) {
    const text = String(value);
    const equals = text.indexOf('=');
    if (equals < 1) return fail(flagValue(name, { given: `"${text}"`, wanted: '<key=value>' }));
    pairs.push([text.slice(0, equals), text.slice(equals + 1)]);
  }
  return succeed(pairs);
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? 'an' : 'a';
}
