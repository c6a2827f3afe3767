import type { Failure, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { type DepotItem, type Scope, parseScope } from '@skein/store';
import type {
  SharedListing,
  SharedRevocation,
  SharedResult,
  SharedStats,
  SharedSweep,
  SharedThing,
  SharedVerification,
} from '@skein/view';
import type { CachePlace } from './cache-place.ts';
import { type TraceItem, readShared } from './shared-results.ts';

export interface ListRequest {
  /** By id or by name. */
  readonly task?: string | undefined;
  /** The name of a writer's key, or the beginning of it. */
  readonly writer?: string | undefined;
  readonly scope?: string | undefined;
  readonly limit: number;
}

/** What is shared, the newest first. */
export async function listShared(
  place: CachePlace,
  { task, writer, scope, limit }: ListRequest,
): Promise<Result<SharedListing>> {
  const scopes = scopesOf(scope);
  if (!scopes.ok) return scopes;
  const items: TraceItem[] = [];
  let nx = 0;
  for await (const item of place.list({ kinds: ['trace', 'nx'], scopes: scopes.value })) {
    if (item.kind === 'nx') nx += 1;
    else if (item.kind === 'trace' && isWriter(item, writer)) items.push(item);
  }
  items.sort((a, b) => b.by.receivedAt - a.by.receivedAt);
  const results: SharedResult[] = [];
  const looked = task === undefined ? items.slice(0, limit) : items;
  for await (const page of readShared(place, looked)) {
    results.push(...page.filter((one) => isOfTask(one, task)));
    if (results.length >= limit) break;
  }
  const total = items.length;
  return succeed({ place: place.place, results: results.slice(0, limit), total, nx });
}

function scopesOf(scope: string | undefined): Result<readonly Scope[] | undefined> {
  if (scope === undefined) return succeed(undefined);
  const parsed = parseScope(scope);
  return parsed === undefined ? fail(noScope(scope)) : succeed([parsed]);
}

function isWriter({ by }: TraceItem, writer: string | undefined): boolean {
  return writer === undefined || by.writer?.startsWith(writer) === true || by.token === writer;
}

export function isOfTask({ made }: Pick<SharedResult, 'made'>, task: string | undefined): boolean {
  if (task === undefined) return true;
  return made !== undefined && (made.task === task || made.task.endsWith(`#${task}`));
}

/** Everything whose name begins so. */
export async function inspectShared(
  place: CachePlace,
  name: string,
): Promise<Result<readonly SharedThing[]>> {
  const things: SharedThing[] = [];
  const items: TraceItem[] = [];
  for await (const item of place.list({})) {
    if (item.kind === 'trace') {
      if (item.key.startsWith(name) || item.id.startsWith(name)) items.push(item);
    } else if (otherName(item).startsWith(name)) things.push(otherThing(item));
  }
  for await (const page of readShared(place, items)) {
    things.push(...page.map((result): SharedThing => ({ kind: 'result', result })));
  }
  return things.length === 0 ? fail(nothingOf(place, name)) : succeed(things);
}

type OtherItem = Exclude<DepotItem, TraceItem>;

function otherName(item: OtherItem): string {
  return item.kind === 'nx' ? item.hash : item.digest;
}

function otherThing(item: OtherItem): SharedThing {
  const { scope, size, usedAt } = item;
  if (item.kind === 'blob') return { kind: 'blob', digest: item.digest, scope, size, usedAt };
  const { token, receivedAt } = item.by;
  return { kind: 'nx', hash: item.hash, scope, size, token, receivedAt, usedAt };
}

export async function sharedStats(place: CachePlace): Promise<SharedStats> {
  return { place: place.place, ...(await place.stats({})) };
}

/** Reads everything: bytes by the store, signatures here, as any reader would. */
export async function verifyShared(place: CachePlace): Promise<SharedVerification> {
  const { checked, damaged, damagedCount } = await place.verify();
  const items: TraceItem[] = [];
  for await (const item of place.list({ kinds: ['trace'] })) {
    if (item.kind === 'trace') items.push(item);
  }
  const unbelieved: SharedResult[] = [];
  for await (const page of readShared(place, items)) {
    unbelieved.push(...page.filter(({ trouble }) => trouble !== undefined));
  }
  const entries = items.length;
  return { place: place.place, checked, damaged, damagedCount, entries, unbelieved };
}

export interface SweepRequest {
  readonly olderThanMs?: number | undefined;
  readonly maxSizeBytes?: number | undefined;
  readonly dryRun: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export async function sweepShared(place: CachePlace, request: SweepRequest): Promise<SharedSweep> {
  const { olderThanMs, maxSizeBytes, dryRun } = request;
  if (!dryRun) {
    const { removed, kept } = await place.gc({ olderThanMs, maxSizeBytes });
    return { place: place.place, dryRun, removed, kept };
  }
  const sizes: { size: number; usedAt: number }[] = [];
  for await (const { size, usedAt } of place.list({})) sizes.push({ size, usedAt });
  return { place: place.place, dryRun, ...foreseen(sizes, request) };
}

/** What a sweep would do: the oldest go first, by age and then by size. */
function foreseen(
  sizes: { size: number; usedAt: number }[],
  { olderThanMs = Infinity, maxSizeBytes = Infinity, now }: SweepRequest,
): Pick<SharedSweep, 'removed' | 'kept'> {
  let bytes = sizes.reduce((sum, { size }) => sum + size, 0);
  const kept = { count: sizes.length, bytes };
  const removed = { count: 0, bytes: 0 };
  for (const { size, usedAt } of sizes.sort((a, b) => a.usedAt - b.usedAt)) {
    if (now - usedAt <= olderThanMs && bytes <= maxSizeBytes) break;
    bytes -= size;
    removed.count += 1;
    removed.bytes += size;
  }
  const left = { count: kept.count - removed.count, bytes };
  return { removed, kept: left };
}

export async function revokeShared(
  place: CachePlace,
  who: string,
): Promise<Result<SharedRevocation>> {
  const revoked = await place.revoke(who);
  if (!revoked.ok) return revoked;
  const { writers, tokens, removed } = revoked.value;
  const names = tokens.map(({ id }) => id);
  return succeed({ place: place.place, writers, tokens: names, removed });
}

function noScope(scope: string): Failure {
  return {
    code: 'flag-value',
    kind: 'usage',
    headline: 'the value of "--scope" does not fit',
    facts: [
      ['given', `"${scope}"`],
      ['wanted', '"trusted", "pr/<n>" or "dev/<user>"'],
    ],
  };
}

function nothingOf({ place }: CachePlace, name: string): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'nothing that is shared has such a name',
    facts: [
      ['asked for', `"${name}"`],
      ['remote', `"${place}"`],
    ],
    hint: '"skein cache ls --json" gives keys and ids',
  };
}
