import type { Outcome } from '@skein/model';
import type { RunFrame } from './frame.ts';

/** Whether an outcome's artifact is there, without which it is a miss (P4). */
export async function isPresent(
  { present, blobs }: Pick<RunFrame, 'present' | 'blobs'>,
  outcome: Outcome,
): Promise<boolean> {
  if (outcome.kind === 'error' || outcome.artifact === undefined) return true;
  if (present.has(outcome.artifact)) return true;
  const there = await blobs.has(outcome.artifact);
  if (there) present.add(outcome.artifact);
  return there;
}
