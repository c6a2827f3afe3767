import type { ActionKey, Clock, Failure, Result } from '@skein/model';
import type {
  Belief,
  DepotFilter,
  DepotGcRequest,
  DepotItem,
  DepotRevocation,
  DepotStats,
  DepotSwept,
  Scope,
  SharedEntry,
  Verification,
} from '@skein/store';

/** What people do with shared results, wherever these lie. Rejects with a `SharedStoreError`. */
export interface CachePlace {
  /** Its address, or the folder. */
  readonly place: string;
  list(filter: DepotFilter): AsyncIterable<DepotItem>;
  /** Entries of a scope by their keys, with their bytes. */
  entries(scope: Scope, keys: readonly ActionKey[]): AsyncIterable<SharedEntry>;
  /** Whom a reader of that scope believes. */
  belief(scope: Scope): Promise<Belief>;
  stats(filter: DepotFilter): Promise<DepotStats>;
  revoke(who: string): Promise<Result<DepotRevocation>>;
  gc(request: DepotGcRequest): Promise<DepotSwept>;
  verify(): Promise<Verification>;
  close(): void;
}

export interface CachePlaceRequest {
  /** An address that wins over variables and configuration. */
  readonly remote?: string | undefined;
  /** A folder, or `s3://bucket/prefix`, instead of a remote: with all rights. */
  readonly data?: string | undefined;
  /** Where the configuration lies. Default: the workspace of `cwd`. */
  readonly root?: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly version: string;
  readonly warn: (warning: Failure) => void;
}
