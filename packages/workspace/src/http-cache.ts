import { type HttpShare, jsonBody } from '@skein/remote';
import { type ActionKey, type Result, fail, succeed } from '@skein/model';
import {
  type Belief,
  type DepotFilter,
  type DepotGcRequest,
  type DepotItem,
  type DepotRevocation,
  type DepotStats,
  type DepotSwept,
  type Scope,
  type SharedEntry,
  SharedStoreError,
  type Verification,
  beliefOf,
} from '@skein/store';
import type { CachePlace } from './cache-place.ts';
import { type ShareRequest, openHttp } from './open-share.ts';
import { readLines } from './read-lines.ts';

const API = '/skein/v1';
/** Reading, or sweeping, a whole store takes its time. */
const LONG_MS = 30 * 60_000;

/** Shared results behind a server, with the rights of the token. */
export class HttpCache implements CachePlace {
  readonly place: string;
  readonly #share: HttpShare;
  readonly #patient: HttpShare;
  readonly #pinned: readonly Uint8Array[];

  constructor(request: ShareRequest) {
    const { settings } = request;
    this.place = settings.address.url;
    this.#share = openHttp(request);
    this.#patient = openHttp({ ...request, settings: { ...settings, timeoutMs: LONG_MS } });
    this.#pinned = settings.trust.map((key) => Buffer.from(key, 'base64'));
  }

  async *list(filter: DepotFilter): AsyncGenerator<DepotItem, undefined> {
    for (const query of queriesOf(filter)) {
      const call = { method: 'GET', path: `${API}/entries?${query}` } as const;
      for await (const item of readLines(await this.#share.open(call))) yield item as DepotItem;
    }
  }

  async *entries(scope: Scope, keys: readonly ActionKey[]): AsyncGenerator<SharedEntry, undefined> {
    for await (const entry of this.#share.find(keys)) if (entry.scope === scope) yield entry;
  }

  async belief(): Promise<Belief> {
    return beliefOf(await this.#share.greet(), this.#pinned);
  }

  async stats(filter: DepotFilter): Promise<DepotStats> {
    const [query = ''] = queriesOf(filter);
    const told = await this.#patient.askJson({ method: 'GET', path: `${API}/stats?${query}` });
    return told as DepotStats;
  }

  async revoke(who: string): Promise<Result<DepotRevocation>> {
    try {
      return succeed((await this.#post('revoke', { who })) as DepotRevocation);
    } catch (error) {
      if (!(error instanceof SharedStoreError && /answered 404/.test(error.message))) throw error;
      return fail({
        code: 'writer-not-found',
        kind: 'usage',
        headline: 'there is no such writer',
        facts: [
          ['writer', `"${who}"`],
          ['remote', `"${this.place}"`],
        ],
        hint: 'a key has 64 digits, as in "skein cache ls --json"; a token an id or a name',
      });
    }
  }

  async gc({ olderThanMs, maxSizeBytes }: DepotGcRequest): Promise<DepotSwept> {
    return (await this.#post('gc', { olderThanMs, maxSizeBytes })) as DepotSwept;
  }

  async verify(): Promise<Verification> {
    return (await this.#post('verify', {})) as Verification;
  }

  close(): void {
    this.#share.close();
    this.#patient.close();
  }

  #post(path: string, body: unknown): Promise<unknown> {
    return this.#patient.askJson({ method: 'POST', path: `${API}/${path}`, body: jsonBody(body) });
  }
}

/** One for each scope and kind, since a query names one of each. */
function queriesOf({ scopes, kinds, name, writer, token }: DepotFilter): readonly string[] {
  const common = { name, writer, token };
  return (scopes ?? [undefined]).flatMap((scope) =>
    (kinds ?? [undefined]).map((kind) => {
      const told = Object.entries({ ...common, scope, kind }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value]],
      );
      return new URLSearchParams(told).toString();
    }),
  );
}
