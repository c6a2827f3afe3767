import type { TaskId, TaskOptions, TaskRow } from '@skein/model';
import type { REFERENCE } from '@skein/values';
import type { OverrideInput } from './option-input.ts';
import { mergeOptions } from './options.ts';
import type { GivenOptions } from './options.ts';
import type { Override } from './override.ts';
import { parametersOf } from './parameters.ts';
import type { DeclaredParameters } from './parameters.ts';

/** A function that Skein keys, executes and keeps: of `environment(…).task(fn)`, `.command(…)`. */
export interface Task<A extends readonly unknown[], R> {
  /**
   * Inside a run, makes a call: the arguments and the result are copies (V4). In a plain
   * program, calls the function. Arguments beyond the declared parameters are dropped (V5).
   */
  (...args: A): Promise<R>;
  /** The name it is bound to, once it is registered; till then that of the function. */
  readonly name: string;
  /** `module#name`; `undefined` in a plain program, where nothing registers tasks. */
  readonly id: TaskId | undefined;
  /** The same task with options replaced, and `signal` to cancel the calls made with it. */
  override(options: OverrideInput): Task<A, R>;
  /** Calls the function plainly, inside a run too: no action, no copy; its code is the caller's. */
  forward(...args: A): Promise<R>;
  /** How `encode` writes a task (V3). Throws for a task with overridden options. */
  [REFERENCE](): { readonly kind: 'task'; readonly id: string | undefined };
}

/** A task of whatever parameters and result. */
export type AnyTask = Task<never[], unknown>;

/** Where a task was declared, for those who look for the module that declares it. */
export interface TaskPlace {
  /** Path or `file:` URL as the stack gives it. */
  readonly module: string;
  readonly line: number;
  readonly column: number;
}

export interface TaskDeclaration {
  readonly environment: string;
  readonly options: GivenOptions;
  readonly fn: (...args: never[]) => Promise<unknown>;
  /** The program that a command task starts, as it is written. */
  readonly program?: string;
  /** Where the function's own source does not say: it is Skein's. */
  readonly parameters?: DeclaredParameters;
  /** Gives arguments that mean the same one form, so that they make one key. */
  readonly arrange?: (args: readonly unknown[]) => readonly unknown[];
  /** An error made where the task was declared; read only on demand. */
  readonly origin: { readonly stack?: string };
}

/** What a task knows of itself; shared by the task and those made by `override`. */
export interface TaskState {
  readonly declaration: TaskDeclaration;
  id: TaskId | undefined;
  parameters: DeclaredParameters | undefined;
}

/** Found by symbol, so that tasks are known also where the SDK was loaded twice. */
const STATE = Symbol.for('skein.task');

interface Marked {
  readonly [STATE]: { readonly state: TaskState; readonly override: Override | undefined };
}

/** Makes a task of a function and what the function needs to know of itself. */
export function markTask(
  call: (...args: unknown[]) => Promise<unknown>,
  marks: { readonly state: TaskState; readonly override: Override | undefined },
): AnyTask {
  return Object.defineProperty(call, STATE, { value: marks }) as unknown as AnyTask;
}

export function isTask(value: unknown): value is AnyTask {
  return typeof value === 'function' && Object.hasOwn(value, STATE);
}

export function stateOf(task: AnyTask): TaskState {
  return (task as unknown as Marked)[STATE].state;
}

/** The options that `override` gave this task; `undefined` for a task as declared. */
export function overrideOf(task: AnyTask): Override | undefined {
  return (task as unknown as Marked)[STATE].override;
}

/** The row of the table that a worker reports (Q1). */
export function rowOf(id: TaskId, task: AnyTask): TaskRow {
  const { declaration } = stateOf(task);
  const { names, rest } = taskParameters(task);
  const { environment, program } = declaration;
  const options = taskOptions(task);
  const row: TaskRow = { id, environment, parameters: names, rest, options };
  return program === undefined ? row : { ...row, program };
}

/** The options of environment and task with defaults; an override is not in them. */
export function taskOptions(task: AnyTask): TaskOptions {
  return mergeOptions(stateOf(task).declaration.options);
}

/** The author's own function, for whoever wants to stop where it begins. */
export function functionOf(task: AnyTask): (...args: never[]) => Promise<unknown> {
  return stateOf(task).declaration.fn;
}

/** Calls the task's own function with exactly these arguments: how a worker executes an action. */
export async function invoke(task: AnyTask, args: readonly unknown[]): Promise<unknown> {
  const fn = stateOf(task).declaration.fn as (...args: readonly unknown[]) => Promise<unknown>;
  return await fn(...args);
}

/** The arguments that the task declares; what is beyond is dropped (V5). */
export function declaredArgs(task: AnyTask, args: readonly unknown[]): readonly unknown[] {
  const { names, rest } = taskParameters(task);
  return arranged(task, rest || args.length <= names.length ? args : args.slice(0, names.length));
}

/** The arguments in the one form that the task gives to all that mean the same. */
export function arranged(task: AnyTask, args: readonly unknown[]): readonly unknown[] {
  const { arrange } = stateOf(task).declaration;
  return arrange === undefined ? args : arrange(args);
}

/** Where the task was declared, as far as the stack tells. */
export function placeOf(task: AnyTask): TaskPlace | undefined {
  const line = stateOf(task)
    .declaration.origin.stack?.split('\n')
    .find((text) => FRAME.test(text));
  const [, module, row, column] = (line === undefined ? null : FRAME.exec(line)) ?? [];
  if (module === undefined) return undefined;
  return { module, line: Number(row), column: Number(column) };
}

const FRAME = /^\s+at (?:.* \()?(?:async )?([^()]+):(\d+):(\d+)\)?$/;

function taskParameters(task: AnyTask): DeclaredParameters {
  const state = stateOf(task);
  state.parameters ??= parametersOf(state.declaration.fn);
  return state.parameters;
}
