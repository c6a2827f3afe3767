import { timingSafeEqual } from 'node:crypto';
import { sumOf } from './receipt.ts';

/** Bytes of a token's id and of its secret. */
const ID_BYTES = 6;
const SECRET_BYTES = 32;

const FORM = /^skein_([0-9a-f]{12})_([0-9a-f]{64})$/;

export interface TokenParts {
  readonly id: string;
  readonly secret: string;
}

export function newTokenParts(hex: (length: number) => string): TokenParts {
  return { id: hex(ID_BYTES), secret: hex(SECRET_BYTES) };
}

export function tokenText({ id, secret }: TokenParts): string {
  return `skein_${id}_${secret}`;
}

export function parseTokenText(text: string): TokenParts | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** What is kept of a secret. It is 32 random bytes: a slow hash would save nothing. */
export function hashSecret(secret: string): string {
  return sumOf(Buffer.from(secret, 'latin1'));
}

/** Takes the same time whatever the difference is. */
export function isSecret(secret: string, kept: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(kept, 'hex'));
}
