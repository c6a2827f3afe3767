import type { ActionKey } from '@skein/model';
import { concurrencyOf } from './depot-frame.ts';
import type { DepotFrame } from './depot-frame.ts';
import { keyFolder, parseName } from './depot-names.ts';
import { inOrder } from './in-order.ts';
import type { ObjectHead } from './objects.ts';
import { isRevokedBy } from './revocations.ts';
import type { Revoked } from './revocations.ts';
import type { Asking, Scope, SharedEntry } from './shared-store.ts';

/** Of one key, all scopes together. */
const ENTRIES_PER_KEY = 8;
/** Keys that are looked up together: the first answer need not wait for the last key. */
const KEYS_AT_ONCE = 512;

interface Found {
  readonly head: ObjectHead;
  readonly scope: Scope;
  readonly key: ActionKey;
  readonly id: string;
}

/** The entries of the keys: key by key, the nearest scope first, the newest first. */
export async function* findEntries(
  frame: DepotFrame,
  reads: readonly Scope[],
  { keys, ...asking }: Asking & { readonly keys: readonly ActionKey[] },
): AsyncGenerator<SharedEntry, void, undefined> {
  const revoked = await frame.revocations.current(asking);
  for (let first = 0; first < keys.length; first += KEYS_AT_ONCE) {
    const some = keys.slice(first, first + KEYS_AT_ONCE);
    const chosen = await choose(frame, reads, { keys: some, ...asking });
    const read = (one: Found) => readEntry(frame, one, { revoked, ...asking });
    for await (const entry of inOrder(chosen, concurrencyOf(frame.objects), read)) {
      if (entry !== undefined) yield entry;
    }
  }
}

async function choose(
  { objects }: DepotFrame,
  reads: readonly Scope[],
  { keys, ...asking }: Asking & { readonly keys: readonly ActionKey[] },
): Promise<Found[]> {
  const byKey = new Map<ActionKey, Found[]>();
  const folders = reads.flatMap((scope) => keys.map((key) => keyFolder(scope, key)));
  for await (const head of objects.list(folders, asking)) {
    const named = parseName(head.name);
    if (named?.kind !== 'trace') continue;
    const { scope, key, id } = named;
    const found = byKey.get(key);
    if (found === undefined) byKey.set(key, [{ head, scope, key, id }]);
    else found.push({ head, scope, key, id });
  }
  return keys.flatMap((key) => {
    const found = byKey.get(key) ?? [];
    found.sort((one, other) => {
      const distance = reads.indexOf(one.scope) - reads.indexOf(other.scope);
      return distance || other.head.modifiedAt - one.head.modifiedAt;
    });
    return found.slice(0, ENTRIES_PER_KEY);
  });
}

async function readEntry(
  { limits, objects, verified }: DepotFrame,
  { head, scope, key, id }: Found,
  { revoked, ...asking }: Asking & { readonly revoked: Revoked },
): Promise<SharedEntry | undefined> {
  const found = await verified.small(head.name, limits.entryBytes, asking);
  if (found === undefined) return undefined;
  if (isRevokedBy(revoked, { ...found.receipt, scope })) return undefined;
  await objects.touch(head, asking);
  return { key, id, scope, bytes: found.bytes };
}
