import { basename } from 'node:path';
import { FailureError } from '@skein/model';
import type { Impurity } from '@skein/model';

/** A path that is about to be written, as the author does it. */
export interface Write {
  readonly path: string;
  /** `writeFileSync` */
  readonly by: string;
  /** The author's line, where it is known. */
  readonly at: string | undefined;
}

const HAND_ON = 'write below context().scratch, and hand on a File or Dir';

/** Why what names a scratch folder leaves no trace (O5), in a sentence. */
export const SCRATCH_NAMED =
  'the result holds a path in a scratch folder, which is gone after the run: hand on a File or Dir';

const INSTEAD: Readonly<Record<Impurity['kind'], string>> = {
  clock: 'take the time as an argument',
  randomness: 'take a seed as an argument',
  network: 'fetch it in a task of its own, with { version } and maxAge',
  subprocess: 'run it in a task of its own that is not strict',
  'module-state': 'keep it in a local variable, or fill it once',
  context: 'leave it to labels and logs, outside of the result',
  'open-call': 'await every call',
};

/** Why an action that wrote leaves no trace (O5), in a sentence. */
export function whyUntraced({ path, by, at }: Write): string {
  return `${by}${atLine(at)} wrote "${path}": ${HAND_ON}`;
}

/** Something in the folder for temporary files, by its absolute path. */
export interface LeftBehind {
  readonly path: string;
  readonly by: string;
  readonly at: () => string | undefined;
}

/** Why an action that leaves something for others to find leaves no trace (O5), in a sentence. */
export function whyLeft({ path, by, at }: LeftBehind): string {
  return `${by}${atLine(at())} left "${basename(path)}" in the temporary folder: ${HAND_ON}`;
}

/** What writing throws in a strict action. */
export function undeclaredWrite({ path, by, at }: Write): FailureError {
  return new FailureError({
    code: 'undeclared-write',
    kind: 'usage',
    headline: `"${path}" would be written by ${by}${atLine(at)}, and no result declares it`,
    facts: [['path', path], ['by', by], ...factOf(at)],
    hint: HAND_ON,
  });
}

/** What an impurity throws in a strict action (O8). */
export function impureUnderStrict({ kind, what, at }: Impurity): FailureError {
  return new FailureError({
    code: 'impure',
    kind: 'usage',
    headline: `${what}${atLine(at)} is not reproducible, and the task is strict`,
    facts: [['kind', kind], ['what', what], ...factOf(at)],
    hint: INSTEAD[kind],
  });
}

/** What cannot be done in a checkpoint: a record that answers for it would not do it again. */
export function insideCheckpoint(what: string, checkpoint: string): FailureError {
  return new FailureError({
    code: 'call-in-checkpoint',
    kind: 'usage',
    headline: `${what} was called inside a checkpoint`,
    facts: [
      ['called', what],
      ['checkpoint', checkpoint],
    ],
    hint: 'call it from the task, and hand its result to the checkpoint as an argument',
  });
}

/** What an action that has ended cannot do any more (O9). */
export function outsideAction(what: string): FailureError {
  return new FailureError({
    code: 'call-outside-action',
    kind: 'usage',
    headline: `${what} was called by an action that has ended`,
    facts: [['called', what]],
    hint: 'await the call before the task returns',
  });
}

export function noSuchTask(id: string): FailureError {
  return new FailureError({
    code: 'task-not-found',
    kind: 'usage',
    headline: `the bundle has no task '${id}'`,
    facts: [['task', id]],
  });
}

function atLine(at: string | undefined): string {
  return at === undefined ? '' : ` at ${at}`;
}

function factOf(at: string | undefined): readonly (readonly [string, string])[] {
  return at === undefined ? [] : [['at', at]];
}
