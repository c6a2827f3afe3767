import { type ActionState, type RunState, entryAction, isAlive, readRun } from '@skein/journal';
import type { Failure, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { RecordedArgument } from './arguments.ts';
import type { Repeatable, RepeatableRequest } from './contract.ts';
import { differences } from './differences.ts';
import type { Opened } from './opened.ts';
import { type Gone, recordMissing, recordedCode } from './recorded-code.ts';
import { inputsOf } from './resumable.ts';

/**
 * A recorded run, or one action of it, ready to run again: recorded code, recorded inputs and
 * options. Fails with `run-not-found`, `action-not-found` or `record-missing`.
 */
export async function repeatable(
  opened: Opened,
  request: RepeatableRequest,
): Promise<Result<Repeatable>> {
  const read = readRun(opened.state.db, request.run, isAlive);
  if (!read.ok) return read;
  const state = read.value;
  const found = actionOf(state, request.action);
  if (!found.ok) return found;
  const action = found.value;
  const recorded = await recordedCode(opened, state);
  if (!recorded.ok) return recorded;
  const args = await recordedArguments(opened, state, action);
  if (!args.ok) return args;
  const { run } = state.overview;
  return succeed({
    origin: {
      kind: 'rerun',
      run,
      ...(request.action === undefined ? {} : { action: action.action }),
    },
    task: action.task,
    args: args.value.map((bytes) => (bytes === null ? undefined : new RecordedArgument(bytes))),
    ...(action.override === undefined ? {} : { override: action.override }),
    labels: state.overview.labels,
    code: recorded.value.code,
    differences: await differences(opened, state, recorded.value),
  });
}

/** The entry, or the action of a number. */
export function actionOf(state: RunState, number: number | undefined): Result<ActionState> {
  const action = number === undefined ? entryAction(state) : state.actions.get(number);
  if (action !== undefined) return succeed(action);
  if (number === undefined) {
    const gone: Gone = ['inputs', 'the call of its entry'];
    return fail(recordMissing(state.overview.run, [gone], state.started.entry));
  }
  return fail(noAction(state, number));
}

/**
 * One encoded value for each argument; `null`: it was omitted. Fails where bytes of an input, or of
 * a file that it names, are gone.
 */
export async function recordedArguments(
  opened: Opened,
  state: RunState,
  { action, inputs }: ActionState,
): Promise<Result<readonly (Uint8Array | null)[]>> {
  const args: (Uint8Array | null)[] = [];
  const gone: Gone[] = [];
  for (const [index, input] of (await inputsOf(opened, inputs)).entries()) {
    if (input.kind === 'gone') gone.push([`input ${index + 1} of action ${action}`, input.what]);
    args.push(input.kind === 'kept' ? input.bytes : null);
  }
  if (gone.length === 0) return succeed(args);
  return fail(recordMissing(state.overview.run, gone, state.started.entry));
}

function noAction({ overview, actions }: RunState, number: number): Failure {
  return {
    code: 'action-not-found',
    kind: 'usage',
    headline: `the run has no action ${number}`,
    facts: [
      ['run', overview.run],
      ['actions', actions.size === 0 ? 'none' : `1 to ${Math.max(...actions.keys())}`],
    ],
    hint: `\`skein show ${overview.run}\` lists them`,
  };
}
