import type { RecordedInput } from '@skein/model';
import type { ActionState, RunState } from './run-state.ts';

/**
 * The action that the entry of a run became. `undefined`: it became none. A run whose process died
 * while the entry was only checked has actions that no action called: the entry is none of them.
 */
export function entryAction({
  actions,
  roots,
  started,
}: Pick<RunState, 'actions' | 'roots' | 'started'>): ActionState | undefined {
  for (const number of roots) {
    const root = actions.get(number);
    if (root?.task === started.task && isAlike(root.inputs, started.inputs)) return root;
  }
  return undefined;
}

/** Earlier records do not say what the entry was called with. */
function isAlike(
  inputs: readonly RecordedInput[],
  entry: readonly RecordedInput[] | undefined,
): boolean {
  if (entry === undefined) return true;
  return (
    inputs.length === entry.length &&
    inputs.every(({ digest }, index) => digest === entry[index]?.digest)
  );
}
