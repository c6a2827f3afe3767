import { SharedStoreError } from '@skein/store';
import type { Greeting, RegisteredWriter, Scope, ShareLimits, ShareMode } from '@skein/store';

const MODES: readonly ShareMode[] = ['read', 'write', 'read-write'];
const NAME = /^[0-9a-f]{64}$/;
const PUBLIC_KEY_BYTES = 32;

/** What a client never asks for more of, whatever the server says. */
const MOST: ShareLimits = {
  keys: 2_000,
  batchBytes: 8 * 1024 * 1024,
  entryBytes: 8 * 1024 * 1024,
  blobBytes: 2 ** 40,
};

/** A greeting from JSON. Throws a `SharedStoreError` where it is none. */
export function readGreeting(told: unknown): Greeting {
  const fields = mustRecord(told, 'the greeting');
  if (fields['format'] !== 1) throw garbage('a greeting of another format');
  const mode = MODES.find((one) => one === fields['mode']);
  if (mode === undefined) throw garbage('a greeting without a mode');
  return {
    format: 1,
    scope: mustText(fields['scope']) as Scope,
    mode,
    reads: mustList(fields['reads']).map((one) => mustText(one) as Scope),
    writers: mustList(fields['writers']).map(readWriter),
    revoked: mustList(fields['revoked']).map(readName),
    unsigned: fields['unsigned'] === true,
    limits: readLimits(fields['limits']),
  };
}

function readWriter(told: unknown): RegisteredWriter {
  const { publicKey, scope, token } = mustRecord(told, 'a writer');
  const key = Buffer.from(mustText(publicKey), 'base64');
  if (key.length !== PUBLIC_KEY_BYTES) throw garbage('a writer without a key');
  return {
    publicKey: new Uint8Array(key),
    scope: mustText(scope) as Scope,
    token: mustText(token),
  };
}

function readName(told: unknown): string {
  const name = mustText(told);
  if (!NAME.test(name)) throw garbage('no name of a key');
  return name;
}

function readLimits(told: unknown): ShareLimits {
  const limits = mustRecord(told, 'the limits');
  const limit = (name: keyof ShareLimits): number => {
    const value = limits[name];
    if (typeof value !== 'number' || !(value >= 1)) throw garbage(`no limit "${name}"`);
    return Math.min(Math.floor(value), MOST[name]);
  };
  return {
    keys: limit('keys'),
    batchBytes: limit('batchBytes'),
    entryBytes: limit('entryBytes'),
    blobBytes: limit('blobBytes'),
  };
}

function mustRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw garbage(`${what} is missing`);
  return value as Readonly<Record<string, unknown>>;
}

function mustList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw garbage('a list is missing');
  return value;
}

function mustText(value: unknown): string {
  if (typeof value !== 'string') throw garbage('a text is missing');
  return value;
}

function garbage(message: string): SharedStoreError {
  return new SharedStoreError('garbage', message);
}
