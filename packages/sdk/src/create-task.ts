import { FailureError } from '@skein/model';
import { REFERENCE } from '@skein/values';
import { currentHost } from './host.ts';
import type { OverrideInput } from './option-input.ts';
import { mergeOverride, parseOverride } from './override.ts';
import type { Override } from './override.ts';
import { declaredArgs, invoke, markTask } from './task.ts';
import type { AnyTask, TaskDeclaration, TaskState } from './task.ts';

export function createTask(declaration: TaskDeclaration): AnyTask {
  return taskOf({ declaration, id: undefined, parameters: declaration.parameters }, undefined);
}

function taskOf(state: TaskState, override: Override | undefined): AnyTask {
  const call = (...args: unknown[]): Promise<unknown> => {
    const kept = declaredArgs(task, args);
    const host = currentHost();
    if (host === undefined) return invoke(task, kept);
    const scope = host.scope();
    if (scope === undefined) return Promise.reject(outsideAction(task));
    return scope.call({ task, args: kept, override });
  };
  const task = markTask(call, { state, override });
  return Object.defineProperties(task, {
    [REFERENCE]: { value: () => referenceTo(state, override) },
    id: { get: () => state.id },
    name: { get: () => state.id?.split('#').at(-1) ?? state.declaration.fn.name },
    override: {
      value: (input: OverrideInput): AnyTask => {
        const later = parseOverride(input, `an override of task '${task.name}'`);
        return taskOf(state, mergeOverride(override, later));
      },
    },
    forward: {
      value: (...args: unknown[]): Promise<unknown> =>
        override === undefined
          ? invoke(task, declaredArgs(task, args))
          : Promise.reject(forwardOfOverride(task)),
    },
  });
}

function referenceTo(state: TaskState, override: Override | undefined) {
  if (override !== undefined) {
    throw new TypeError('a task with overridden options (hand on the task, override it there)');
  }
  return { kind: 'task', id: state.id } as const;
}

function outsideAction(task: AnyTask): FailureError {
  return new FailureError({
    code: 'call-outside-action',
    kind: 'usage',
    headline: `task '${task.name}' was called outside of any action`,
    facts: [['task', task.id ?? task.name]],
    hint: 'call it from the function of a task, not from a timer or while the module loads',
  });
}

function forwardOfOverride(task: AnyTask): FailureError {
  return new FailureError({
    code: 'option-not-honoured',
    kind: 'usage',
    headline: `forward calls the function of task '${task.name}' plainly: no option can apply`,
    facts: [['task', task.id ?? task.name]],
    hint: 'call the overridden task, or forward the task as it is declared',
  });
}
