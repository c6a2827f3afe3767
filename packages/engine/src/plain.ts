import type { Digest } from '@skein/values';
import type { Observation, PlainObservation, Reason } from '@skein/model';
import type { RunFrame } from './frame.ts';
import { Writes } from './writes.ts';

/** What became of observations that need no call to be checked. */
export interface PlainCheck {
  /** `undefined`: all are as they were. */
  readonly changed: Reason | undefined;
  /** True where actions of this run write what was looked at: it holds for this moment only. */
  readonly fleeting: boolean;
}

type Now = Digest | null | Promise<Digest | null>;

interface Pending {
  readonly before: PlainObservation;
  readonly after: Promise<Digest | null>;
}

type PlainFrame = Pick<RunFrame, 'variable' | 'world' | 'writes'>;

/** What an observation would see now: no promise where the world knows it at once. */
export function digestNow(frame: PlainFrame, seen: PlainObservation): Now {
  frame.writes.see(seen);
  return seen.kind === 'variable' ? frame.variable(seen.name) : frame.world.digestOf(seen);
}

/**
 * Checks the observations of a wave, calls aside, in their order. What actions of this run write
 * is looked at anew each time.
 */
export function checkPlain(
  frame: PlainFrame,
  wave: readonly Observation[],
): PlainCheck | Promise<PlainCheck> {
  const pending: Pending[] = [];
  let fleeting = false;
  for (const seen of wave) {
    if (seen.kind === 'call' || seen.kind === 'map') continue;
    for (const path of frame.writes.touching(seen)) {
      fleeting = true;
      frame.world.forget(path);
    }
    const now = digestNow(frame, seen);
    if (now instanceof Promise) pending.push({ before: seen, after: now });
    else if (now !== seen.digest) return { changed: changed(seen, now), fleeting };
  }
  return pending.length === 0 ? { changed: undefined, fleeting } : settle(pending, fleeting);
}

/** The first observation that does not hold any more, before there is a run. */
export async function plainChange(
  world: Pick<RunFrame, 'variable' | 'world'>,
  observations: readonly Observation[],
): Promise<Reason | undefined> {
  return (await checkPlain({ ...world, writes: new Writes() }, observations)).changed;
}

async function settle(pending: readonly Pending[], fleeting: boolean): Promise<PlainCheck> {
  const digests = await Promise.all(pending.map(({ after }) => after));
  const index = pending.findIndex(({ before }, at) => before.digest !== digests[at]);
  const first = pending[index];
  if (first === undefined) return { changed: undefined, fleeting };
  return { changed: changed(first.before, digests[index] ?? null), fleeting };
}

function changed(before: PlainObservation, after: Digest | null): Reason {
  return { kind: 'observation-changed', before, after };
}

/** Whether all observations certainly hold, without a promise; calls are not for this. */
export function holdsAtOnce(
  frame: PlainFrame,
  waves: readonly (readonly Observation[])[],
): boolean {
  for (const wave of waves) {
    for (const seen of wave) {
      if (seen.kind === 'call' || seen.kind === 'map') return false;
      if (frame.writes.touching(seen).length > 0) return false;
      if (digestNow(frame, seen) !== seen.digest) return false;
    }
  }
  return true;
}

/** Has the world look at what a later `holdsAtOnce` asks for. */
export async function lookAhead(
  frame: PlainFrame,
  waves: Iterable<readonly Observation[]>,
): Promise<void> {
  const pending: Promise<unknown>[] = [];
  for (const wave of waves) {
    for (const seen of wave) {
      if (seen.kind === 'call' || seen.kind === 'map') continue;
      const now = digestNow(frame, seen);
      if (now instanceof Promise) pending.push(now);
    }
  }
  await Promise.all(pending);
}
