import { fail, succeed } from '@skein/model';
import type { Clock, Failure, Randomness, Result } from '@skein/model';
import { TOKENS, tokenName } from './depot-names.ts';
import { NEWS_MS } from './news.ts';
import type { ObjectHead, ObjectStore } from './objects.ts';
import { parseScope, rightsOf } from './scope.ts';
import { told } from './shared-trouble.ts';
import type { Asking, Rights } from './shared-store.ts';
import { decodeToken, encodeToken, isShareMode } from './token-file.ts';
import type { KeptToken } from './token-file.ts';
import { hashSecret, isSecret, newTokenParts, parseTokenText, tokenText } from './token-text.ts';
import type { NewToken, TokenRecord, Tokens } from './tokens.ts';

interface Known {
  /** `undefined`: there is no such token. */
  readonly token: KeptToken | undefined;
  readonly stamp: string | undefined;
  /** Of `Clock.elapsed`. */
  readonly at: number;
}

const KNOWN = 10_000;
const TOKEN_BYTES = 4_096;
/** Ids and names of keys have other forms: whoever revokes one means that, and nothing else. */
const NAME = /^(?![0-9a-f]{12}$|[0-9a-f]{64}$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Tokens as objects, one each. */
export class DepotTokens implements Tokens {
  readonly #objects: ObjectStore;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #known = new Map<string, Known>();

  constructor(
    objects: ObjectStore,
    { clock, randomness }: { clock: Clock; randomness: Randomness },
  ) {
    this.#objects = objects;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  create(
    { scope: asked, mode, name }: NewToken,
    asking: Asking = {},
  ): Promise<Result<{ text: string; record: TokenRecord }>> {
    return told(async () => {
      const scope = parseScope(asked);
      if (scope === undefined) return fail(invalid('scope', asked, SCOPE_HINT));
      if (!isShareMode(mode)) {
        return fail(invalid('mode', mode, 'a mode is "read", "write" or "read-write"'));
      }
      if (!NAME.test(name)) return fail(invalid('name', name, NAME_HINT));
      const same = (await this.list(asking)).find((it) => it.name === name && isValid(it));
      if (same !== undefined) {
        return fail(invalid('name', name, `token ${same.id} has that name: revoke it first`));
      }
      const parts = newTokenParts(this.#randomness.hex);
      const record = { id: parts.id, name, scope, mode, createdAt: this.#clock.now() };
      await this.#keep({ ...record, secret: hashSecret(parts.secret) }, asking);
      return succeed({ text: tokenText(parts), record });
    });
  }

  list(asking: Asking = {}): Promise<readonly TokenRecord[]> {
    return told(async () => (await this.#all(asking)).map(withoutSecret));
  }

  revoke(idOrName: string, asking: Asking = {}): Promise<Result<readonly TokenRecord[]>> {
    return told(async () => {
      const meant = (await this.#all(asking)).filter(isCalled(idOrName));
      if (meant.length === 0) return fail(notFound(idOrName));
      const revoked: TokenRecord[] = [];
      for (const token of meant.filter(isValid)) {
        const after = { ...token, revokedAt: this.#clock.now() };
        await this.#keep(after, asking);
        revoked.push(withoutSecret(after));
      }
      return succeed(revoked.length > 0 ? revoked : meant.map(withoutSecret));
    });
  }

  authenticate(text: string, asking: Asking = {}): Promise<Rights | undefined> {
    return told(async () => {
      const parts = parseTokenText(text);
      if (parts === undefined) return undefined;
      const token = await this.#find(parts.id, asking);
      if (token === undefined || !isSecret(parts.secret, token.secret)) return undefined;
      return isValid(token) ? rightsOf(token.scope, token.mode, token.id) : undefined;
    });
  }

  /** Near, a look at the object tells whether what is known still holds. */
  async #find(id: string, asking: Asking): Promise<KeptToken | undefined> {
    const at = this.#clock.elapsed();
    const known = this.#known.get(id);
    if (known !== undefined && !this.#objects.near && at - known.at < NEWS_MS) return known.token;
    const head = await this.#objects.head(tokenName(id), asking);
    if (known !== undefined && known.stamp === head?.stamp) {
      this.#know(id, { ...known, at });
      return known.token;
    }
    const read = head && (await this.#read(head, asking));
    this.#know(id, { token: read?.token, stamp: read?.head.stamp, at });
    return read?.token;
  }

  async #read(
    { name }: ObjectHead,
    asking: Asking,
  ): Promise<{ readonly token: KeptToken | undefined; readonly head: ObjectHead } | undefined> {
    const found = await this.#objects.read(name, { ...asking, most: TOKEN_BYTES });
    const token = found && decodeToken(found.bytes);
    // One under another's name would let its holder pass for the other.
    return (
      found && { head: found.head, token: tokenName(token?.id ?? '') === name ? token : undefined }
    );
  }

  #know(id: string, known: Known): void {
    if (this.#known.size >= KNOWN) this.#known.clear();
    this.#known.set(id, known);
  }

  async #keep(token: KeptToken, asking: Asking): Promise<void> {
    const body = { kind: 'bytes', bytes: encodeToken(token) } as const;
    await this.#objects.put(tokenName(token.id), body, { ...asking, durable: true });
    this.#known.delete(token.id);
  }

  async #all(asking: Asking): Promise<KeptToken[]> {
    const tokens: KeptToken[] = [];
    for await (const head of this.#objects.list([TOKENS], asking)) {
      const token = (await this.#read(head, asking))?.token;
      if (token !== undefined) tokens.push(token);
    }
    return tokens.sort((one, other) => one.createdAt - other.createdAt);
  }
}

/** Whether a token is meant by an id or a name. */
export function isCalled(idOrName: string): (token: TokenRecord) => boolean {
  return ({ id, name }) => id === idOrName || name === idOrName;
}

function isValid(token: TokenRecord): boolean {
  return token.revokedAt === undefined;
}

function withoutSecret(token: KeptToken): TokenRecord {
  const { secret: _, ...record } = token;
  return record;
}

const SCOPE_HINT = 'a scope is "trusted", "pr/<number>" or "dev/<user>", the user in lower case';
const NAME_HINT = 'a name is 1 to 64 letters, digits, ".", "_" or "-", and looks like no id';

function invalid(what: string, given: string, hint: string): Failure {
  return {
    code: 'token-invalid',
    kind: 'usage',
    headline: `a token cannot have this ${what}`,
    facts: [[what, JSON.stringify(given)]],
    hint,
  };
}

function notFound(idOrName: string): Failure {
  return {
    code: 'token-not-found',
    kind: 'usage',
    headline: 'there is no such token',
    facts: [['token', JSON.stringify(idOrName)]],
    hint: 'the list of tokens has their ids and names',
  };
}
