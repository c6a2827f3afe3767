import { concurrencyOf } from './depot-frame.ts';
import type { DepotFrame } from './depot-frame.ts';
import { foldersOf, keyFolder, parseName } from './depot-names.ts';
import type { Named } from './depot-names.ts';
import type {
  DepotFilter,
  DepotItem,
  DepotKind,
  DepotSize,
  DepotStats,
  InspectedEntry,
  Received,
} from './depot.ts';
import { inOrder } from './in-order.ts';
import type { ObjectHead } from './objects.ts';
import type { Receipt } from './receipt.ts';
import { isRevokedBy } from './revocations.ts';
import type { ActionKey } from '@skein/model';
import type { Asking, Scope } from './shared-store.ts';

/** An object of a scope, with what its name says. */
export interface SurveyedObject {
  readonly head: ObjectHead;
  readonly named: Named;
}

/** What the names alone can tell of a filter. */
export async function* surveyObjects(
  { objects }: Pick<DepotFrame, 'objects'>,
  { scopes, kinds, name }: DepotFilter,
  asking: Asking,
): AsyncGenerator<SurveyedObject, void, undefined> {
  for await (const head of objects.list(foldersOf(scopes, kinds), asking)) {
    const named = parseName(head.name);
    if (named === undefined || kinds?.includes(named.kind) === false) continue;
    if (name === undefined || titleOf(named).startsWith(name)) yield { head, named };
  }
}

/** Everything that is held, in no order. What is damaged is left out. */
export async function* surveyItems(
  frame: DepotFrame,
  filter: DepotFilter,
  asking: Asking,
): AsyncGenerator<DepotItem, void, undefined> {
  const found = surveyObjects(frame, filter, asking);
  const read = (one: SurveyedObject) => itemOf(frame, one, asking);
  for await (const item of inOrder(found, concurrencyOf(frame.objects), read)) {
    if (item !== undefined && isMeant(item, filter)) yield item;
  }
}

export async function* surveyEntries(
  frame: DepotFrame,
  key: ActionKey,
  { filter, ...asking }: Asking & { readonly filter: DepotFilter },
): AsyncGenerator<InspectedEntry, void, undefined> {
  const revoked = await frame.revocations.current(asking);
  const scopes = filter.scopes ?? (await scopesOf(frame, key, asking));
  for await (const head of frame.objects.list(
    scopes.map((scope) => keyFolder(scope, key)),
    asking,
  )) {
    const named = parseName(head.name);
    if (named?.kind !== 'trace') continue;
    const found = await frame.verified.small(head.name, frame.limits.entryBytes, asking);
    if (found === undefined) continue;
    const by = receivedOf(found.receipt);
    if (!isBy(by, filter)) continue;
    const { scope, id } = named;
    yield {
      scope,
      key,
      id,
      by,
      revoked: isRevokedBy(revoked, { ...by, scope }),
      bytes: found.bytes,
    };
  }
}

export async function surveyStats(
  frame: DepotFrame,
  filter: DepotFilter,
  asking: Asking,
): Promise<DepotStats> {
  const byScope = new Map<Scope, Record<DepotKind, DepotSize>>();
  let total = NOTHING;
  const isReceiptAsked = filter.writer !== undefined || filter.token !== undefined;
  const items = isReceiptAsked ? surveyItems(frame, filter, asking) : undefined;
  for await (const one of items ?? surveyObjects(frame, filter, asking)) {
    const { scope, kind } = 'named' in one ? one.named : one;
    const size = 'named' in one ? one.head.size : one.size;
    const sizes = byScope.get(scope) ?? { trace: NOTHING, blob: NOTHING, nx: NOTHING };
    byScope.set(scope, { ...sizes, [kind]: plus(sizes[kind], size) });
    total = plus(total, size);
  }
  const scopes = [...byScope].map(([scope, sizes]) => ({ scope, ...sizes }));
  return { scopes: scopes.sort((one, other) => (one.scope < other.scope ? -1 : 1)), total };
}

export const NOTHING: DepotSize = { count: 0, bytes: 0 };

export function plus({ count, bytes }: DepotSize, size: number): DepotSize {
  return { count: count + 1, bytes: bytes + size };
}

export function receivedOf(receipt: Receipt): Received {
  const { size: _, ...received } = receipt;
  return received;
}

async function itemOf(
  { verified }: DepotFrame,
  { head, named }: SurveyedObject,
  asking: Asking,
): Promise<DepotItem | undefined> {
  const { size, usedAt } = head;
  if (named.kind === 'blob') return { ...named, size, usedAt };
  const receipt = await verified.receipt(head, asking);
  return receipt && { ...named, size: receipt.size, usedAt, by: receivedOf(receipt) };
}

function isMeant(item: DepotItem, filter: DepotFilter): boolean {
  if (item.kind !== 'blob') return isBy(item.by, filter);
  return filter.writer === undefined && filter.token === undefined;
}

function isBy(by: Received, { writer, token }: DepotFilter): boolean {
  return (writer ?? by.writer) === by.writer && (token ?? by.token) === by.token;
}

function titleOf(named: Named): string {
  if (named.kind === 'trace') return named.key;
  return named.kind === 'blob' ? named.digest : named.hash;
}

/** Scopes are not listed anywhere: those that hold the key. */
async function scopesOf(
  { objects }: DepotFrame,
  key: ActionKey,
  asking: Asking,
): Promise<readonly Scope[]> {
  const scopes = new Set<Scope>();
  for await (const { named } of surveyObjects({ objects }, { name: key }, asking)) {
    scopes.add(named.scope);
  }
  return [...scopes];
}
