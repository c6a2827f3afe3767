import type { ActionKey } from '@skein/model';
import { type Belief, type DepotItem, type Scope, blobsOf, readEntry } from '@skein/store';
import type { SharedEntry } from '@skein/store';
import type { SharedMaking, SharedResult } from '@skein/view';
import type { CachePlace } from './cache-place.ts';

export type TraceItem = Extract<DepotItem, { kind: 'trace' }>;

/** So many entries are read at a time: their bytes are in memory. */
const PAGE = 500;

/** The entries of a list as results, page by page, in the order of the list. */
export async function* readShared(
  place: CachePlace,
  items: readonly TraceItem[],
): AsyncGenerator<readonly SharedResult[], undefined> {
  const beliefs = new Map<Scope, Belief>();
  for (let at = 0; at < items.length; at += PAGE) {
    const page = items.slice(at, at + PAGE);
    const results = new Map<string, SharedResult>();
    for (const [scope, own] of byScope(page)) {
      const belief = beliefs.get(scope) ?? (await place.belief(scope));
      beliefs.set(scope, belief);
      const keys = [...new Set(own.map(({ key }) => key))];
      const entries = await entriesOf(place, scope, keys);
      for (const item of own) {
        results.set(nameOf(item), await resultOf(item, entries.get(nameOf(item)), belief));
      }
    }
    yield page.flatMap((item) => results.get(nameOf(item)) ?? []);
  }
}

function byScope(items: readonly TraceItem[]): ReadonlyMap<Scope, readonly TraceItem[]> {
  return Map.groupBy(items, ({ scope }) => scope);
}

async function entriesOf(
  place: CachePlace,
  scope: Scope,
  keys: readonly ActionKey[],
): Promise<ReadonlyMap<string, SharedEntry>> {
  const entries = new Map<string, SharedEntry>();
  for await (const entry of place.entries(scope, keys)) entries.set(nameOf(entry), entry);
  return entries;
}

function nameOf({ scope, key, id }: Pick<SharedEntry, 'scope' | 'key' | 'id'>): string {
  return `${scope} ${key} ${id}`;
}

async function resultOf(
  item: TraceItem,
  entry: SharedEntry | undefined,
  belief: Belief,
): Promise<SharedResult> {
  const { key, id, scope, size, by } = item;
  const result: SharedResult = {
    key,
    id,
    scope,
    size,
    receivedAt: by.receivedAt,
    token: by.token,
    ...(by.writer === undefined ? {} : { writer: by.writer }),
  };
  // Nobody is given what a revoked writer left, and what is damaged is gone.
  if (entry === undefined) return { ...result, trouble: 'not-given' };
  const believed = await readEntry(entry, belief);
  if (believed.ok) return { ...result, made: makingOf(believed.entry) };
  // What is told of it may be a lie, but not one that moves a cursor: it is read like any other.
  const told = await readEntry(entry, credulous(scope, belief));
  const made = told.ok ? { made: makingOf(told.entry) } : {};
  return { ...result, ...made, trouble: believed.refusal };
}

function credulous(scope: Scope, { entryBytes }: Belief): Belief {
  const reads = new Set([scope]);
  return { reads, writers: new Map(), revoked: new Set(), unsigned: true, entryBytes };
}

type Told = Parameters<typeof blobsOf>[0] & { readonly provenance: SharedMaking['provenance'] };

function makingOf(entry: Told): SharedMaking {
  const { task, outcome, run, action, at, durationMs, waves } = entry.trace;
  return {
    task,
    outcome: outcome.kind,
    run,
    action,
    at,
    durationMs,
    provenance: entry.provenance,
    observations: waves.reduce((sum, wave) => sum + wave.length, 0),
    blobs: [...blobsOf(entry)],
  };
}
