import type { CheckpointId, TaskId, TaskRow } from '@skein/model';
import { FailureError } from '@skein/model';
import { DecodingError, EncodingError, UnsafePathError } from '@skein/values';
import type { Reference } from '@skein/values';
import { checkpointState } from './checkpoint.ts';
import { Dir } from './dir.ts';
import {
  CancelledError,
  CommandError,
  NonRecoverableError,
  OutOfDiskError,
  OutOfMemoryError,
  TimeoutError,
  WorkerLostError,
} from './errors.ts';
import { File } from './file.ts';
import type { ErrorClass, ModuleBindings, Registry } from './host.ts';
import { isTask, overrideOf, rowOf, stateOf } from './task.ts';
import type { AnyTask } from './task.ts';

/*
 * What a loaded bundle declares. Each module of it ends in a call of the global function
 * `Symbol.for('skein.register')` with its name and a thunk for each of its bindings; a thunk
 * that cannot be read yet is asked again when something is looked up.
 */

/** A registry that modules can add to. */
export interface OpenRegistry extends Registry {
  register(module: string, bindings: ModuleBindings): void;
  /** The table of tasks, in the order of their registration (Q1). */
  rows(): readonly TaskRow[];
}

const REGISTER = Symbol.for('skein.register');

/** By name, for a bundler may have renamed the classes themselves. */
const BUILT_IN: Readonly<Record<string, ErrorClass>> = {
  AggregateError,
  DOMException,
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SuppressedError,
  SyntaxError,
  TypeError,
  URIError,
};

const OURS: Readonly<Record<string, ErrorClass>> = {
  CancelledError,
  CommandError,
  DecodingError,
  EncodingError,
  FailureError,
  NonRecoverableError,
  OutOfDiskError,
  OutOfMemoryError,
  TimeoutError,
  UnsafePathError,
  WorkerLostError,
};

interface Thunk {
  readonly id: string;
  readonly read: () => unknown;
}

/** Makes a registry of its own, which knows the built-in error classes and those of the SDK. */
export function createRegistry(): OpenRegistry {
  const tasks = new Map<string, AnyTask>();
  const classes = new Map<string, ErrorClass>();
  const idOf = new Map<unknown, string>();
  let unread: Thunk[] = [];

  const addClass = (id: string, Class: ErrorClass): void => {
    if (idOf.has(Class)) return;
    classes.set(id, Class);
    idOf.set(Class, id);
  };
  const add = (id: string, value: unknown): void => {
    const checkpoint = checkpointState(value);
    if (checkpoint !== undefined) checkpoint.id ??= id as CheckpointId;
    else if (isTask(value)) {
      if (overrideOf(value) !== undefined) return;
      const state = stateOf(value);
      // A second name for a task, as by `export { a as b }`, is no second task.
      state.id ??= id as TaskId;
      tasks.set(state.id, value);
    } else if (isErrorClass(value)) {
      addClass(id, value);
    }
  };
  const readAll = (): void => {
    const pending = unread;
    unread = [];
    for (const thunk of pending) {
      const value = readBinding(thunk);
      if (value === undefined) unread.push(thunk);
      else add(thunk.id, value.binding);
    }
  };
  for (const [name, Class] of Object.entries(BUILT_IN)) addClass(name, Class);
  for (const [name, Class] of Object.entries(OURS)) addClass(`skein#${name}`, Class);
  return {
    register: (module, bindings) => {
      for (const [name, read] of Object.entries(bindings)) {
        unread.push({ id: `${module}#${name}`, read });
      }
      readAll();
    },
    rows: () => {
      readAll();
      return Array.from(tasks, ([id, task]) => rowOf(id as TaskId, task));
    },
    task: (id) => {
      if (!tasks.has(id)) readAll();
      return tasks.get(id);
    },
    errorClass: (id) => {
      if (!classes.has(id)) readAll();
      return classes.get(id);
    },
    classIdOf: (error) => {
      readAll();
      return nearestClass(error, idOf);
    },
  };
}

/** A registry that takes what the modules loaded from now on register. */
export function installRegistry(): OpenRegistry {
  const registry = createRegistry();
  Object.defineProperty(globalThis, REGISTER, {
    value: (module: string, bindings: ModuleBindings) => registry.register(module, bindings),
    configurable: true,
    writable: true,
  });
  return registry;
}

/** Values for references (V6, V3); `encode` makes the reference of them again. */
export function reviveReference(reference: Reference, registry: Registry): unknown {
  if (reference.kind === 'file') return File.of(reference);
  if (reference.kind === 'dir') return Dir.of(reference);
  const task = registry.task(reference.id as TaskId);
  if (task === undefined) throw new RangeError(`no task '${reference.id}' is loaded`);
  return task;
}

/** Cyclic imports: a binding may be asked for before its declaration was evaluated. */
function readBinding({ read }: Thunk): { readonly binding: unknown } | undefined {
  try {
    return { binding: read() };
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === 'function' && value.prototype instanceof Error;
}

/** The class of the error, or the nearest it extends that is known. */
function nearestClass(error: Error, idOf: ReadonlyMap<unknown, string>): string | undefined {
  let prototype: unknown = Object.getPrototypeOf(error);
  while (typeof prototype === 'object' && prototype !== null) {
    const Class: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    const id = idOf.get(Class);
    if (id !== undefined) return id;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}
