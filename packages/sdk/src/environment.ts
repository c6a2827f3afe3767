import { declareCommand } from './command.ts';
import type { CommandTask } from './command.ts';
import type { CommandInputs, CommandOutputs, CommandSpec } from './command-spec.ts';
import { createTask } from './create-task.ts';
import { quote } from './invalid-option.ts';
import type { EnvironmentInput, TaskOptionsInput } from './option-input.ts';
import { parseRecord, text } from './option-parser.ts';
import { parseOptions } from './options.ts';
import type { GivenOptions } from './options.ts';
import type { Task } from './task.ts';

/** Where tasks are declared; its options hold for all of them. */
export interface Environment {
  readonly name: string;
  /**
   * Declares a task, at module level and bound to a name. Its options replace those of the
   * environment. Throws `option-invalid` for an option that is none.
   */
  task<F extends (...args: never[]) => Promise<unknown>>(
    this: void,
    fn: F,
  ): Task<Parameters<F>, Awaited<ReturnType<F>>>;
  task<F extends (...args: never[]) => Promise<unknown>>(
    this: void,
    options: TaskOptionsInput,
    fn: F,
  ): Task<Parameters<F>, Awaited<ReturnType<F>>>;
  /**
   * Declares a task whose body is a program in any language, at module level and bound to a name:
   *
   *     const train = env.command({
   *       command: ['python3', 'train.py', '{inputs.rows}', '--out', '{outputs.model}'],
   *       inputs: { rows: 'file' },
   *       outputs: { model: 'file' },
   *     });
   *
   * It starts in the folder of the nearest `package.json`. It rejects with `CommandError` where the
   * program is not there, its exit code is no success, or an output is missing; a link or a device
   * among the outputs is refused, and not followed. Throws `option-invalid` for a command or an
   * option that is none.
   */
  command<I extends CommandInputs = {}, O extends CommandOutputs = {}>(
    this: void,
    spec: CommandSpec<I, O>,
  ): CommandTask<I, O>;
}

/** Makes an environment. Throws `option-invalid` for a missing name or an option that is none. */
export function environment(input: EnvironmentInput): Environment {
  const at = { owner: 'an environment', path: '' };
  const { name: given, ...rest } = parseRecord(input, at, "an object such as { name: 'main' }");
  const name = text(given, { ...at, path: 'name' });
  const options = parseOptions(rest, `environment ${quote(name)}`);
  return { name, task: declareIn(name, options), command: commandIn(name, options) };
}

function declareIn(environment: string, shared: GivenOptions): Environment['task'] {
  const declare = (...given: readonly unknown[]): unknown => {
    const fn = given.at(-1);
    const owner = `a task of environment ${quote(environment)}`;
    if (typeof fn !== 'function' || given.length > 2) {
      throw new TypeError(`${owner} is declared by task(fn) or task(options, fn)`);
    }
    const options = given.length === 2 ? parseOptions(given[0], owner) : {};
    const origin: { readonly stack?: string } = {};
    Error.captureStackTrace(origin, declare);
    return createTask({
      environment,
      options: { ...shared, ...options },
      fn: fn as (...args: never[]) => Promise<unknown>,
      origin,
    });
  };
  return declare as Environment['task'];
}

function commandIn(environment: string, shared: GivenOptions): Environment['command'] {
  const declare = (spec: unknown): unknown => {
    const origin: { readonly stack?: string } = {};
    Error.captureStackTrace(origin, declare);
    const owner = `a command of environment ${quote(environment)}`;
    return declareCommand(spec, { environment, shared, owner, origin });
  };
  return declare as Environment['command'];
}
