import type { Result } from '@skein/model';
import type { Asking, Rights, Scope, ShareMode } from './shared-store.ts';

/** A token as it is listed: never its secret. */
export interface TokenRecord {
  /** 12 hexadecimal digits: the middle part of the text. */
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly mode: ShareMode;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly revokedAt?: number;
}

export interface NewToken {
  readonly scope: string;
  readonly mode: string;
  /** What people call it: 1 to 64 letters, digits, `.`, `_`, `-`. Valid tokens differ in it. */
  readonly name: string;
}

/** Who may use a shared store. The store keeps the SHA-256 of a secret, never the secret. */
export interface Tokens {
  /** `text` is shown once: `skein_<id>_<secret>`. Fails with `token-invalid`. */
  create(
    token: NewToken,
    asking?: Asking,
  ): Promise<Result<{ readonly text: string; readonly record: TokenRecord }>>;
  /** All that ever were, the revoked ones included, oldest first. */
  list(asking?: Asking): Promise<readonly TokenRecord[]>;
  /** By id, or by name; its entries stay. Fails with `token-not-found`. */
  revoke(idOrName: string, asking?: Asking): Promise<Result<readonly TokenRecord[]>>;
  /**
   * What the text allows; `undefined` for any text that is not a valid token's. A revocation counts
   * at once on disk, within 5 seconds on S3.
   */
  authenticate(text: string, asking?: Asking): Promise<Rights | undefined>;
}
