import { concurrencyOf } from './depot-frame.ts';
import type { DepotFrame } from './depot-frame.ts';
import { NOTHING, plus, surveyItems, surveyObjects } from './depot-survey.ts';
import type { DepotGcRequest, DepotSize, DepotSwept } from './depot.ts';
import { inOrder } from './in-order.ts';
import type { ObjectHead } from './objects.ts';
import type { Asking, Scope } from './shared-store.ts';

/** Uses are told apart by the minute: so memory does not grow with what is kept. */
const STEP_MS = 60_000;
/** A body may arrive slowly, but not as slowly as that. */
const LITTER_MS = 86_400_000;

/**
 * Removes what was not used for long, then what was used least recently until the rest is small
 * enough. Nothing waits for it: what is put meanwhile stays, and a blob may go whose entry stays,
 * which is a miss (P4).
 */
export async function gcDepot(
  frame: DepotFrame,
  { olderThanMs, maxSizeBytes, scopes, signal }: DepotGcRequest,
): Promise<DepotSwept> {
  const asking = { signal };
  const oldest = olderThanMs === undefined ? -Infinity : frame.clock.now() - olderThanMs;
  const aged = await sweep(frame, { scopes, asking, goes: ({ usedAt }) => usedAt < oldest });
  let { kept, removed } = aged;
  if (maxSizeBytes !== undefined && kept.bytes > maxSizeBytes) {
    const excess = kept.bytes - maxSizeBytes;
    const rest = await shrink(frame, { scopes, asking, excess, byMinute: aged.byMinute });
    ({ kept } = rest);
    removed = sum(removed, rest.removed);
  }
  if (olderThanMs !== undefined) await forgetWriters(frame, oldest, { scopes, ...asking });
  const litter = await frame.objects.sweepLitter(LITTER_MS, asking);
  return { removed, kept, litter };
}

interface Sweeping {
  readonly scopes: readonly Scope[] | undefined;
  readonly asking: Asking;
}

interface Swept {
  readonly removed: DepotSize;
  readonly kept: DepotSize;
  /** Bytes that are kept, by the minute of their last use. */
  readonly byMinute: Map<number, number>;
}

async function sweep(
  frame: DepotFrame,
  { scopes, asking, goes }: Sweeping & { readonly goes: (head: ObjectHead) => boolean },
): Promise<Swept> {
  let removed = NOTHING;
  let kept = NOTHING;
  const byMinute = new Map<number, number>();
  const judge = async ({ head }: { readonly head: ObjectHead }) => {
    const isGone = goes(head);
    if (isGone) await remove(frame, head, asking);
    return { head, isGone };
  };
  const found = surveyObjects(frame, { scopes }, asking);
  for await (const { head, isGone } of inOrder(found, concurrencyOf(frame.objects), judge)) {
    if (isGone) {
      removed = plus(removed, head.size);
      continue;
    }
    kept = plus(kept, head.size);
    const minute = minuteOf(head);
    byMinute.set(minute, (byMinute.get(minute) ?? 0) + head.size);
  }
  return { removed, kept, byMinute };
}

interface Shrinking extends Sweeping {
  readonly excess: number;
  readonly byMinute: Swept['byMinute'];
}

/** All minutes before the one in which the rest becomes small enough; of that, the oldest. */
async function shrink(
  frame: DepotFrame,
  { scopes, asking, excess, byMinute }: Shrinking,
): Promise<Omit<Swept, 'byMinute'>> {
  let left = excess;
  let last = -Infinity;
  for (const [minute, bytes] of [...byMinute].sort(([one], [other]) => one - other)) {
    last = minute;
    if (left <= bytes) break;
    left -= bytes;
  }
  const candidates: ObjectHead[] = [];
  const swept = await sweep(frame, {
    scopes,
    asking,
    goes: (head) => {
      if (minuteOf(head) === last) candidates.push(head);
      return minuteOf(head) < last;
    },
  });
  let { removed, kept } = swept;
  candidates.sort((one, other) => one.usedAt - other.usedAt);
  for (const head of candidates) {
    if (left <= 0) break;
    await remove(frame, head, asking);
    left -= head.size;
    removed = plus(removed, head.size);
    kept = { count: kept.count - 1, bytes: kept.bytes - head.size };
  }
  return { removed, kept };
}

/**
 * Keys that were not announced for that long, and of which no entry is left: machines of a CI make
 * one each time.
 */
async function forgetWriters(
  frame: DepotFrame,
  oldest: number,
  { scopes, ...asking }: Asking & { readonly scopes: readonly Scope[] | undefined },
): Promise<void> {
  const idle = new Map<string, ObjectHead[]>();
  for await (const { writer, head } of frame.writers.list(scopes, asking)) {
    if (head.usedAt >= oldest) continue;
    const heads = idle.get(writer);
    if (heads === undefined) idle.set(writer, [head]);
    else heads.push(head);
  }
  if (idle.size === 0) return;
  for await (const item of surveyItems(frame, { scopes, kinds: ['trace'] }, asking)) {
    if (item.kind === 'trace' && item.by.writer !== undefined) idle.delete(item.by.writer);
  }
  for (const head of [...idle.values()].flat()) await remove(frame, head, asking);
}

function remove(
  { objects }: DepotFrame,
  { name, stamp }: ObjectHead,
  asking: Asking,
): Promise<void> {
  return objects.delete(name, { ...asking, stamp });
}

function minuteOf({ usedAt }: ObjectHead): number {
  return Math.floor(usedAt / STEP_MS);
}

function sum(one: DepotSize, other: DepotSize): DepotSize {
  return { count: one.count + other.count, bytes: one.bytes + other.bytes };
}
