import type { ActionKey } from '@skein/model';
import type { CallSpec, RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';
import { isPresent } from './present.ts';
import type { AdoptedCall } from './settled-call.ts';

/**
 * The result that an earlier run came to for this very call (R1); `undefined`: none that counts. It
 * is for this run only (R3), so nobody may take it for verified.
 */
export async function adopt(
  frame: RunFrame,
  node: LiveAction,
  { spec, key }: { readonly spec: CallSpec; readonly key: ActionKey | null },
): Promise<AdoptedCall | undefined> {
  const [from] = node.earlier;
  const { earlier } = frame;
  const outcome = from?.state.outcome;
  if (earlier === undefined || from === undefined || outcome?.kind !== 'result') return undefined;
  if (spec.task.forced) return undefined;
  if (spec.task.options.strict && earlier.impureIn(from) !== undefined) return undefined;
  if (!earlier.take(node)) return undefined;
  const made = await from.madeOtherwise();
  if (made !== undefined && earlier.edited === 'execute') return undefined;
  if (!(await isPresent(frame, outcome))) {
    warnMissing(frame, spec);
    return undefined;
  }
  const { artifact, files } = outcome;
  if (artifact !== undefined && files !== undefined) frame.traces.rememberFiles(artifact, files);
  const { run, action } = earlier.originOf(from);
  return {
    how: 'adopted',
    outcome,
    key,
    thrower: 0,
    volatile: true,
    tainted: made !== undefined,
    from,
    reason: { kind: 'adopted', run, action, ...(made === undefined ? {} : { made }) },
  };
}

function warnMissing(frame: RunFrame, { task }: CallSpec): void {
  frame.warn({
    code: 'adopted-bytes-missing',
    kind: 'warning',
    headline: 'results of the earlier run are gone, and their actions execute again',
    facts: [['task', task.id]],
    hint: 'something removed them from the state directory since',
  });
}
