import type { Clock, Randomness } from '@skein/model';
import { REVOCATION_MARK, REVOKED, revokedName } from './depot-names.ts';
import { NEWS_MS } from './news.ts';
import type { ObjectCall, ObjectStore } from './objects.ts';
import type { Received } from './depot.ts';

export interface Revoked {
  /** Names of keys. */
  readonly writers: ReadonlySet<string>;
  /** Ids of tokens whose uploads nobody is given. */
  readonly tokens: ReadonlySet<string>;
}

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

  async isRevoked(by: Pick<Received, 'token' | 'writer'>, call: ObjectCall = {}): Promise<boolean> {
    return isRevokedBy(await this.current(call), by);
  }

  async add(kind: 'writer' | 'token', names: readonly string[], call: ObjectCall): Promise<void> {
    const options = { ...call, durable: true };
    const bytes = Buffer.from(JSON.stringify({ format: 1, at: this.#clock.now() }));
    for (const name of names) {
      await this.#objects.put(revokedName(kind, name), { kind: 'bytes', bytes }, options);
    }
    const mark = Buffer.from(this.#randomness.hex(NAME_BYTES));
    await this.#objects.put(REVOCATION_MARK, { kind: 'bytes', bytes: mark }, options);
    this.#known = undefined;
  }

  async #read(call: ObjectCall): Promise<Revoked> {
    const writers = new Set<string>();
    const tokens = new Set<string>();
    for await (const { name } of this.#objects.list([REVOKED], call)) {
      const [kind, of = ''] = name.slice(REVOKED.length).split('/');
      if (kind === 'writer') writers.add(of);
      if (kind === 'token') tokens.add(of);
    }
    return { writers, tokens };
  }
}

export function isRevokedBy(revoked: Revoked, by: Pick<Received, 'token' | 'writer'>): boolean {
  return (
    revoked.tokens.has(by.token) || (by.writer !== undefined && revoked.writers.has(by.writer))
  );
}
