import type { InputsOf, OutputsOf } from './command-spec.ts';
import { createTask } from './create-task.ts';
import { isPlainObject } from './json-kind.ts';
import type { GivenOptions } from './options.ts';
import { parseCommand } from './parse-command.ts';
import type { DeclaredCommand } from './parse-command.ts';
import { runCommand } from './run-command.ts';
import type { Task } from './task.ts';

/** A task whose body is a program: one parameter with its inputs, a result with its outputs. */
export type CommandTask<I, O> = Task<[inputs: InputsOf<I>], OutputsOf<O>>;

/** The name of its only parameter, which no source of the author's says. */
const PARAMETERS = { names: ['inputs'], rest: false };

export interface CommandDeclaration {
  readonly environment: string;
  /** Options of the environment. */
  readonly shared: GivenOptions;
  /** Whose it is, for messages. */
  readonly owner: string;
  readonly origin: { readonly stack?: string };
}

/** Makes the task that `env.command` gives. */
export function declareCommand(spec: unknown, declaration: CommandDeclaration): unknown {
  const { environment, shared, owner, origin } = declaration;
  const { command, options } = parseCommand(spec, owner);
  return createTask({
    environment,
    options: { ...shared, ...options },
    fn: (inputs: unknown) => runCommand(command, inputs),
    origin,
    program: command.program,
    parameters: PARAMETERS,
    arrange: ([inputs, ...rest]) => [inOrder(inputs, command), ...rest],
  });
}

/** No program can see in which order its inputs were written, or that one is `undefined`. */
function inOrder(given: unknown, { inputs }: DeclaredCommand): unknown {
  if (!isPlainObject(given)) return given;
  const names = [...new Set([...inputs.keys(), ...Object.keys(given)])];
  const found = names.map((name) => [name, given[name]] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}
