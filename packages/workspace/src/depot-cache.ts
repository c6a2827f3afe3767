import { type ActionKey, type Result, succeed } from '@skein/model';
import {
  type Belief,
  type Depot,
  type DepotFilter,
  type DepotGcRequest,
  type DepotItem,
  type DepotRevocation,
  type DepotStats,
  type DepotSwept,
  type Scope,
  type SharedEntry,
  type SharedStore,
  type Verification,
  beliefOf,
  rightsOf,
} from '@skein/store';
import { openCacheData } from './cache-data.ts';
import type { CachePlace, CachePlaceRequest } from './cache-place.ts';
import type { RemoteSettings } from './remote-settings.ts';

export interface DepotCacheRequest extends CachePlaceRequest {
  readonly data: string;
  /** Of a bucket without a server: whose signatures are believed. */
  readonly settings: RemoteSettings | undefined;
}

/** Shared results where they lie, with all rights: on the server's host, or in a bucket. */
export class DepotCache implements CachePlace {
  readonly place: string;
  readonly #depot: Depot;
  readonly #pinned: readonly Uint8Array[];

  private constructor(depot: Depot, pinned: readonly Uint8Array[]) {
    this.#depot = depot;
    this.#pinned = pinned;
    this.place = depot.objects.place;
  }

  static async open(request: DepotCacheRequest): Promise<Result<CachePlace>> {
    const { data, cwd, environment, clock, settings } = request;
    const trust = settings?.trust ?? [];
    const unsigned = settings !== undefined && trust.length === 0 && settings.key === undefined;
    const place = { data, cwd, isThere: true };
    const depot = await openCacheData({ ...place, environment, clock, unsigned });
    if (!depot.ok) return depot;
    const pinned = trust.map((key) => Buffer.from(key, 'base64'));
    return succeed(new DepotCache(depot.value, pinned));
  }

  list(filter: DepotFilter): AsyncIterable<DepotItem> {
    return this.#depot.list(filter);
  }

  async *entries(scope: Scope, keys: readonly ActionKey[]): AsyncGenerator<SharedEntry, undefined> {
    for await (const entry of this.#as(scope).find(keys)) if (entry.scope === scope) yield entry;
  }

  async belief(scope: Scope): Promise<Belief> {
    return beliefOf(await this.#as(scope).greet(), this.#pinned);
  }

  stats(filter: DepotFilter): Promise<DepotStats> {
    return this.#depot.stats(filter);
  }

  revoke(who: string): Promise<Result<DepotRevocation>> {
    return this.#depot.revokeWriter(who);
  }

  gc(request: DepotGcRequest): Promise<DepotSwept> {
    return this.#depot.gc(request);
  }

  verify(): Promise<Verification> {
    return this.#depot.verify();
  }

  close(): void {
    // Nothing is held between two calls.
  }

  #as(scope: Scope): SharedStore {
    return this.#depot.as(rightsOf(scope, 'read', 'host'));
  }
}
