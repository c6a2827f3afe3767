import { parseScope } from './scope.ts';
import type { ShareMode } from './shared-store.ts';
import type { TokenRecord } from './tokens.ts';

/** A token as its object holds it. */
export interface KeptToken extends TokenRecord {
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  readonly secret: string;
}

const FORMAT = 1;
const MODES: readonly string[] = ['read', 'write', 'read-write'] satisfies ShareMode[];

export function isShareMode(text: unknown): text is ShareMode {
  return typeof text === 'string' && MODES.includes(text);
}

/** JSON, since people look at it. */
export function encodeToken(token: KeptToken): Uint8Array {
  return Buffer.from(`${JSON.stringify({ format: FORMAT, ...token }, undefined, 2)}\n`);
}

/** `undefined` for bytes that are no token: then nobody has it. */
export function decodeToken(bytes: Uint8Array): KeptToken | undefined {
  const fields = parse(bytes);
  if (fields?.['format'] !== FORMAT) return undefined;
  const { id, name, scope, mode, createdAt, revokedAt, secret } = fields;
  const parsed = typeof scope === 'string' ? parseScope(scope) : undefined;
  const isOne =
    typeof id === 'string' &&
    typeof name === 'string' &&
    typeof createdAt === 'number' &&
    typeof secret === 'string' &&
    /^[0-9a-f]{64}$/.test(secret) &&
    (revokedAt === undefined || typeof revokedAt === 'number');
  if (!isOne || parsed === undefined || !isShareMode(mode)) return undefined;
  const revoked = revokedAt === undefined ? {} : { revokedAt };
  return { id, name, scope: parsed, mode, createdAt, ...revoked, secret };
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
