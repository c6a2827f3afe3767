import { unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Observation, Outcome, Reason, TaskId } from '@skein/model';
import { actionKey } from './key.ts';
import type {
  Asker,
  Fate,
  ForeseenCall,
  Outlook,
  OutlookCall,
  PastExecution,
} from './plan-outlook.ts';
import { type PreparedTask, keyInputs, withOmitted } from './prepare.ts';

const NOTHING: ReadonlyMap<TaskId, number> = new Map();

/** What is known to be reused. */
export function reused(
  call: ForeseenCall,
  outcome: Outcome,
  {
    calls = [],
    beneath = NOTHING,
    ifCalled,
    expected = () => null,
  }: {
    readonly calls?: readonly OutlookCall[];
    readonly beneath?: ReadonlyMap<TaskId, number>;
    readonly ifCalled?: Reason | undefined;
    readonly expected?: () => number | null;
  },
): Outlook {
  const fate: Fate = { kind: 'reuse', outcome, ifCalled, beneath };
  return { call, fate, calls, mayCall: [], expected };
}

/** Whether what executes for this reason begins as it did last: with the same inputs and data. */
export function callsAsBefore(reason: Reason): boolean {
  switch (reason.kind) {
    case 'new-inputs':
    case 'observation-changed':
    case 'logged-call-changed':
      return false;
    case 'key-changed':
      return reason.changes.every(({ kind }) => kind !== 'input');
    default:
      return true;
  }
}

/** A call as a trace recorded it, as it would be made today. */
export function callOf(
  task: PreparedTask,
  recorded: readonly Digest[],
  override: Uint8Array | undefined,
): ForeseenCall {
  const inputs = withOmitted(task, recorded);
  const key = task.caching ? actionKey(task.prefix, keyInputs(task, inputs)) : null;
  return { task, inputs, override, key };
}

/** The calls of an observation, as `slotName` names them. */
export function slotsIn(seen: Observation): readonly string[] {
  if (seen.kind === 'call') return [slotName(seen.task, seen.inputs)];
  if (seen.kind !== 'map') return [];
  return unpackDigests(seen.inputs).map((input) => slotName(seen.task, [input]));
}

export function slotName(task: TaskId, inputs: readonly Digest[]): string {
  return [task, ...inputs].join('|');
}

/** A question: what is cached is asked about once, whoever calls it. */
export function nameOf(call: ForeseenCall, asker: Asker): string {
  return `${call.key ?? identityOf(call)} ${asker}`;
}

export function identityOf({ task, inputs }: ForeseenCall): string {
  return [task.identity, ...inputs].join('|');
}

export function hasInputs(past: PastExecution, inputs: readonly Digest[]): boolean {
  return (
    past.inputs.length === inputs.length &&
    past.inputs.every((input, index) => input === inputs[index])
  );
}
