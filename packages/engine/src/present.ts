import type { Outcome } from '@skein/model';
import type { RunFrame } from './frame.ts';

/** So many are known to be there at most: what is forgotten is looked for again. */
const REMEMBERED = 50_000;

/** Whether an outcome's artifact is there, without which it is a miss (P4). */
export async function isPresent(
  { present, blobs }: Pick<RunFrame, 'present' | 'blobs'>,
  outcome: Outcome,
): Promise<boolean> {
  if (outcome.kind === 'error' || outcome.artifact === undefined) return true;
  if (present.has(outcome.artifact)) return true;
  const there = await blobs.has(outcome.artifact);
  if (present.size >= REMEMBERED) present.clear();
  if (there) present.add(outcome.artifact);
  return there;
}
