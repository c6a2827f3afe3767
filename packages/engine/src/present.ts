import type { Digest } from '@skein/values';
import type { Outcome } from '@skein/model';
import type { RunFrame } from './frame.ts';

/** So many are known to be there at most: what is forgotten is looked for again. */
const REMEMBERED = 50_000;

/**
 * Whether an outcome's artifact is there, without which it is a miss (P4), and near by: whoever is
 * answered may open it next, and finds its files in it.
 */
export async function isPresent(
  { present, blobs, far, traces }: Pick<RunFrame, 'present' | 'blobs' | 'far' | 'traces'>,
  outcome: Outcome,
): Promise<boolean> {
  if (outcome.kind === 'error' || outcome.artifact === undefined) return true;
  if (present.has(outcome.artifact)) return true;
  const there = await blobs.bring(outcome.artifact);
  if (there) notePresent(present, outcome.artifact);
  if (there && far !== undefined && outcome.files !== undefined) {
    traces.rememberFiles(outcome.artifact, outcome.files);
  }
  return there;
}

/** What was seen near need not be looked for again. */
export function notePresent(present: Set<Digest>, blob: Digest): void {
  if (present.size >= REMEMBERED) present.clear();
  present.add(blob);
}

/** Whether it is there, near or far: nothing is fetched for who only wants to know. */
export async function isSomewhere(
  { present, blobs }: Pick<RunFrame, 'present' | 'blobs'>,
  outcome: Outcome,
): Promise<boolean> {
  if (outcome.kind === 'error' || outcome.artifact === undefined) return true;
  return present.has(outcome.artifact) || blobs.has(outcome.artifact);
}
