import type { ActionKey } from '@skein/model';
import type { RunFrame } from './frame.ts';
import { actionKey } from './key.ts';
import type { RecordedCall } from './logs.ts';
import { keyInputs, withOmitted } from './prepare.ts';

/** The keys that recorded calls have today, in their order: of those that are looked up at all. */
export function* keysOfCalls(
  { tasks }: Pick<RunFrame, 'tasks'>,
  calls: Iterable<Pick<RecordedCall, 'task' | 'inputs' | 'override'>>,
): Generator<ActionKey> {
  for (const { task, override, inputs } of calls) {
    const prepared = tasks.prepare(task, override, true);
    if (!prepared.ok || !prepared.value.caching || prepared.value.forced) continue;
    const { value } = prepared;
    yield actionKey(value.prefix, keyInputs(value, withOmitted(value, inputs)));
  }
}
