import type { RecordedRun } from '@skein/journal';
import type { GcPlan } from './gc-plan.ts';
import type { GcPolicy } from './gc-policy.ts';

/** How much more than the policy allows may go, for the state to become small enough. */
export interface Pressure {
  readonly policy: GcPolicy;
  readonly thin: boolean;
}

/** Of the runs that could still go so many go at a time. */
const SHARE = 4;

/**
 * One after the other, each harsher: caches first, which cost time alone; then the oldest runs and
 * results that only their age protects; in the end every result that no run names.
 */
export function* pressures(plan: GcPlan, policy: GcPolicy, now: number): Generator<Pressure> {
  yield { policy, thin: true };
  const ends = plan.runs
    .filter(({ run }) => plan.choice.stay.get(run) === 'young')
    .map(endOf)
    .sort((a, b) => a - b);
  for (let gone = 0; gone < ends.length;) {
    gone += Math.max(1, Math.floor((ends.length - gone) / SHARE));
    const last = ends[gone - 1];
    if (last === undefined) break;
    yield { policy: { ...policy, olderThanMs: Math.max(0, now - last) }, thin: true };
  }
  yield { policy: { ...policy, olderThanMs: 0 }, thin: true };
}

function endOf({ startedAt, durationMs = 0 }: RecordedRun): number {
  return startedAt + durationMs;
}
