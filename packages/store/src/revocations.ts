import type { Clock, Randomness } from '@skein/model';
import { REVOCATION_MARK, REVOKED, parseRevoked } from './depot-names.ts';
import { NEWS_MS } from './news.ts';
import type { ObjectCall, ObjectStore } from './objects.ts';
import type { Received } from './depot.ts';
import type { Scope } from './shared-store.ts';

export interface Revoked {
  /** Names of keys that nobody believes. */
  readonly writers: ReadonlySet<string>;
  /** Names of keys that are not believed in one scope. */
  readonly writersIn: ReadonlyMap<Scope, ReadonlySet<string>>;
  /** Ids of tokens whose uploads nobody is given. */
  readonly tokens: ReadonlySet<string>;
}

/** Where something was stored, and who says so. */
export type StoredBy = Pick<Received, 'token' | 'writer'> & { readonly scope: Scope };

const NAME_BYTES = 16;

/**
 * Whose uploads nobody is given any more. A revocation is never taken back, and its object never
 * removed, so an upload that was under way meanwhile is not given either. One object changes with
 * every revocation: looking at it tells whether the list that is known still holds.
 */
export class Revocations {
  readonly #objects: ObjectStore;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  #known: { readonly mark: string; readonly at: number; readonly revoked: Revoked } | undefined;

  constructor(
    objects: ObjectStore,
    { clock, randomness }: { clock: Clock; randomness: Randomness },
  ) {
    this.#objects = objects;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  async current(call: ObjectCall = {}): Promise<Revoked> {
    const at = this.#clock.elapsed();
    const known = this.#known;
    if (known !== undefined && !this.#objects.near && at - known.at < NEWS_MS) return known.revoked;
    // The mark is read before the list: a revocation in between is read again next time.
    const mark = (await this.#objects.head(REVOCATION_MARK, call))?.stamp ?? '';
    const revoked = known?.mark === mark ? known.revoked : await this.#read(call);
    this.#known = { mark, at, revoked };
    return revoked;
  }

  async isRevoked(by: StoredBy, call: ObjectCall = {}): Promise<boolean> {
    return isRevokedBy(await this.current(call), by);
  }

  /** What is given are names of objects: `revokedName`. */
  async add(names: readonly string[], call: ObjectCall): Promise<void> {
    const options = { ...call, durable: true };
    const bytes = Buffer.from(JSON.stringify({ format: 1, at: this.#clock.now() }));
    for (const name of names) {
      await this.#objects.put(name, { kind: 'bytes', bytes }, options);
    }
    const mark = Buffer.from(this.#randomness.hex(NAME_BYTES));
    await this.#objects.put(REVOCATION_MARK, { kind: 'bytes', bytes: mark }, options);
    this.#known = undefined;
  }

  async #read(call: ObjectCall): Promise<Revoked> {
    const writers = new Set<string>();
    const writersIn = new Map<Scope, Set<string>>();
    const tokens = new Set<string>();
    for await (const head of this.#objects.list([REVOKED], call)) {
      const { kind, name, scope } = parseRevoked(head.name) ?? {};
      if (name === undefined) continue;
      if (kind === 'token') tokens.add(name);
      if (kind !== 'writer') continue;
      if (scope === undefined) writers.add(name);
      else writersIn.set(scope, (writersIn.get(scope) ?? new Set()).add(name));
    }
    return { writers, writersIn, tokens };
  }
}

export function isRevokedBy(revoked: Revoked, { scope, token, writer }: StoredBy): boolean {
  if (revoked.tokens.has(token)) return true;
  if (writer === undefined) return false;
  return revoked.writers.has(writer) || revoked.writersIn.get(scope)?.has(writer) === true;
}
