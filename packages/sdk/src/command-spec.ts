import type { JsonValue } from '@skein/values';
import type { Dir } from './dir.ts';
import type { File } from './file.ts';
import type { JsonKind } from './json-kind.ts';
import type { TaskOptionsInput } from './option-input.ts';

/** What an input of a command can be. */
export type PlainInput = 'file' | 'dir' | 'string' | 'number' | 'boolean' | 'json';

/** What an output of a command can be: the first six are files or folders that it makes. */
export type PlainOutput =
  | 'file'
  | 'dir'
  | 'json'
  | 'text'
  | 'number'
  | 'boolean'
  | 'stdout'
  | 'stderr'
  | 'exitCode';

/** `'number?'`: it may be left out. */
export type CommandInput = PlainInput | `${PlainInput}?` | JsonKind<unknown>;
export type CommandOutput = PlainOutput | JsonKind<unknown, false>;

export type CommandInputs = Readonly<Record<string, CommandInput>>;
export type CommandOutputs = Readonly<Record<string, CommandOutput>>;

/** What `env.command` takes; any option of a task may stand in it too. */
export interface CommandSpec<
  I extends CommandInputs = CommandInputs,
  O extends CommandOutputs = CommandOutputs,
> extends TaskOptionsInput {
  /**
   * The program and its arguments, or one line for `sh -euc`. `{inputs.x}` stands for the text of a
   * scalar, or the path of a file, a folder, or a file that holds the JSON; `{outputs.x}` for the
   * path at which the program has to make it. In a line they are words, whatever is in them; all
   * else in braces is the program's.
   *
   * Of an input that is left out, the argument that names it is left out, and a list among the
   * arguments as a whole: `['train', ['--epochs', '{inputs.epochs}']]`. In a line it is empty.
   */
  readonly command: string | readonly (string | readonly string[])[];
  /** By name; they become the properties of the task's only parameter. Default: none. */
  readonly inputs?: I;
  /** By name; they become the properties of the task's result. Default: none. */
  readonly outputs?: O;
  /** What is piped in: `'{inputs.rows}'` the content of a file or JSON, else the text itself. */
  readonly stdin?: string;
  /** Which ones are a success. Default: `[0]`. */
  readonly exitCodes?: readonly number[];
}

interface Values {
  readonly file: File;
  readonly dir: Dir;
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly json: JsonValue;
  readonly text: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

type ValueOf<K> =
  K extends JsonKind<infer T>
    ? T
    : K extends `${infer P extends PlainInput}?`
      ? Values[P]
      : K extends keyof Values
        ? Values[K]
        : never;

type Omittable<I> = {
  [N in keyof I]: I[N] extends `${string}?` | JsonKind<unknown, true> ? N : never;
}[keyof I];

type Flat<T> = { [N in keyof T]: T[N] };

/** The only parameter of a command task: what its `inputs` stand for. */
export type InputsOf<I> = Flat<
  { -readonly [N in Exclude<keyof I, Omittable<I>>]: ValueOf<I[N]> } & {
    -readonly [N in Omittable<I>]?: ValueOf<I[N]>;
  }
>;

/** The result of a command task: what its `outputs` stand for. */
export type OutputsOf<O> = { -readonly [N in keyof O]: ValueOf<O[N]> };
