import type { CheckpointId } from '@skein/model';
import { FailureError } from '@skein/model';
import { currentScope } from './host.ts';

/** What a checkpoint knows of itself. */
export interface CheckpointState {
  /** Set when the module that declares it is registered. */
  id: CheckpointId | undefined;
}

/** Any function that a checkpoint can be made of: its result has to be recorded, so it is async. */
export type CheckpointFunction = (...args: never[]) => Promise<unknown>;

/** Found by symbol, so that checkpoints are known also where the SDK was loaded twice. */
const STATE = Symbol.for('skein.checkpoint');

/**
 * A function of the same signature whose result is recorded. When its action is tried again, or
 * the run is resumed, a call with the same arguments gives the recorded result, and `fn` is not
 * run: work that is done is not done again.
 *
 * Declared at the top level of a module and bound to a name. Arguments and result are copies, as
 * those of tasks are. `fn` runs **at least once**: a process that dies between the end of `fn` and
 * the record makes it run again. An edited checkpoint runs again. An error is not recorded, unless
 * it is a `NonRecoverableError`. It calls no task. Outside of a run it is `fn`.
 */
export function checkpoint<F extends CheckpointFunction>(fn: F): F {
  const state: CheckpointState = { id: undefined };
  const body = fn as unknown as (...args: readonly unknown[]) => Promise<unknown>;
  const call = async (...args: readonly unknown[]): Promise<unknown> => {
    const scope = currentScope();
    if (scope === undefined) return await body(...args);
    if (state.id === undefined) throw unnamed(fn.name);
    return await scope.checkpoint({ checkpoint: state.id, args, run: body });
  };
  Object.defineProperty(call, 'name', { value: fn.name, configurable: true });
  Object.defineProperty(call, 'length', { value: fn.length, configurable: true });
  return Object.defineProperty(call, STATE, { value: state }) as unknown as F;
}

/** The state of a function that `checkpoint` made; `undefined` for any other value. */
export function checkpointState(value: unknown): CheckpointState | undefined {
  if (typeof value !== 'function' || !Object.hasOwn(value, STATE)) return undefined;
  return (value as unknown as Readonly<Record<typeof STATE, CheckpointState>>)[STATE];
}

function unnamed(name: string): FailureError {
  return new FailureError({
    code: 'checkpoint-unnamed',
    kind: 'diagnostic',
    headline: `checkpoint "${name}" is not bound to a name at module level, so it has no record`,
    facts: [['checkpoint', name]],
    hint: 'declare it as `const name = checkpoint(…)` at the top level of a module',
  });
}
