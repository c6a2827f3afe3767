import type { RunId, RunOrigin, RunStatus } from '@skein/model';

/** What may go; everything that is absent does not choose. */
export interface GcPolicy {
  /** Runs that ended longer ago go, and traces that are older and that no run names. */
  readonly olderThanMs: number;
  /** The newest so many of the runs that could go stay, whatever their age. */
  readonly keep: number;
  /** Runs that failed, were cancelled or interrupted go like others. */
  readonly unfinished: boolean;
}

/** As much of a run as decides about it. */
export interface RunFacts {
  readonly run: RunId;
  readonly status: RunStatus;
  readonly startedAt: number;
  readonly durationMs?: number;
  readonly origin?: RunOrigin;
}

/** Why a run stays: one of these, the first that holds. */
export type StayReason = 'running' | 'pinned' | 'unfinished' | 'kept' | 'young';

export interface Choice {
  /** Runs that go, the oldest first. */
  readonly go: readonly RunId[];
  readonly stay: ReadonlyMap<RunId, StayReason>;
}

/** When nothing is said. */
export const DEFAULT_OLDER_THAN_MS = 30 * 86_400_000;

/**
 * R3: a run that did not succeed stays, and with it every run that it went on from, until one that
 * went on from it succeeded: what is not yet done may be adopted from any of them. `runs`: all of
 * them, the oldest first.
 */
export function chooseRuns(
  runs: readonly RunFacts[],
  policy: GcPolicy,
  { now, pinned }: { readonly now: number; readonly pinned: ReadonlySet<RunId> },
): Choice {
  const needed = neededByUnfinished(runs, policy);
  const stay = new Map<RunId, StayReason>();
  const free: RunFacts[] = [];
  for (const run of runs) {
    if (run.status === 'running') stay.set(run.run, 'running');
    else if (pinned.has(run.run)) stay.set(run.run, 'pinned');
    else if (needed.has(run.run)) stay.set(run.run, 'unfinished');
    else free.push(run);
  }
  const from = Math.max(0, free.length - policy.keep);
  for (const { run } of free.slice(from)) stay.set(run, 'kept');
  const go: RunId[] = [];
  for (const run of free.slice(0, from)) {
    if (isOlder(run, now - policy.olderThanMs)) go.push(run.run);
    else stay.set(run.run, 'young');
  }
  return { go, stay };
}

/** W4: a run of the future is young. */
function isOlder({ startedAt, durationMs = 0 }: RunFacts, limit: number): boolean {
  return startedAt + durationMs <= limit;
}

function neededByUnfinished(runs: readonly RunFacts[], policy: GcPolicy): ReadonlySet<RunId> {
  const byName = new Map(runs.map((run) => [run.run, run]));
  const settled = new Set<RunId>();
  for (const run of runs) {
    if (run.status !== 'succeeded') continue;
    for (const before of chainOf(run, byName)) settled.add(before.run);
  }
  const needed = new Set<RunId>();
  for (const run of runs) {
    const isNeeded =
      run.status === 'running' ||
      (!policy.unfinished && run.status !== 'succeeded' && !settled.has(run.run));
    if (!isNeeded) continue;
    needed.add(run.run);
    for (const before of chainOf(run, byName)) needed.add(before.run);
  }
  return needed;
}

/** The runs that a run went on from, the nearest first; one that was repeated is none. */
function* chainOf(run: RunFacts, byName: ReadonlyMap<RunId, RunFacts>): Generator<RunFacts> {
  const seen = new Set([run.run]);
  for (let at = run; at.origin?.kind === 'resume';) {
    const before = byName.get(at.origin.run);
    if (before === undefined || seen.has(before.run)) return;
    seen.add(before.run);
    yield before;
    at = before;
  }
}
