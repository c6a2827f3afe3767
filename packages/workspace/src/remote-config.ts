import { DURATION_WANTED, type RemoteInput, parseDuration } from '@skein/sdk';
import { parseScope } from '@skein/store';
import { type Fact, describe, isRecord } from './config-fact.ts';
import { ADDRESS_WANTED, describeAddress, parseRemoteAddress } from './remote-address.ts';

/** The configuration's word about the remote. */
export interface RemoteConfig {
  readonly url: string;
  readonly mode?: RemoteMode;
  /** In a bucket without a server: where entries are kept. */
  readonly scope?: string;
  /** Raw Ed25519 public keys, base64: only what they signed is believed. Empty: the server's. */
  readonly trust: readonly string[];
  /** Path of the writer's private key, from the root on. */
  readonly key?: string;
  readonly patienceMs?: number;
  readonly timeoutMs?: number;
}

export const REMOTE_MODES = ['read', 'write', 'read-write', 'off'] as const;

/** What a run may do with the remote. */
export type RemoteMode = (typeof REMOTE_MODES)[number];

export function isRemoteMode(value: unknown): value is RemoteMode {
  return REMOTE_MODES.some((mode) => mode === value);
}

export type GivenRemote = string | RemoteInput;

const FIELDS = ['url', 'mode', 'scope', 'trust', 'key', 'patience', 'timeout'];

const MODES_WANTED = REMOTE_MODES.map((mode) => `"${mode}"`).join(', ');

/** What `findWrong` says of the field `remote`. */
export function wrongRemote(value: unknown): readonly Fact[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return wrongAddress('remote', value);
  if (!isRecord(value)) {
    return [['remote', `${describe(value)}, neither an address nor an object with "url"`]];
  }
  const unknown = Object.keys(value).filter((it) => !FIELDS.includes(it));
  return [
    ...unknown.map((it): Fact => [`remote.${it}`, noField(it)]),
    ...wrongAddress('remote.url', value['url']),
    ...wrongMode(value['mode']),
    ...wrongScope(value['scope']),
    ...wrongTrust(value['trust']),
    ...wrongKey(value['key']),
    ...wrongDuration('remote.patience', value['patience'], 0),
    ...wrongDuration('remote.timeout', value['timeout'], 1),
  ];
}

/** A token in a file that is under version control is everybody's. */
function noField(name: string): string {
  if (name !== 'token') return 'no such field';
  return 'no such field: a token is in the variable SKEIN_REMOTE_TOKEN only';
}

/** `given` is valid. */
export function remoteOf(given: GivenRemote): RemoteConfig {
  const { url, mode, scope, trust, key, patience, timeout } =
    typeof given === 'string' ? onlyUrl(given) : given;
  const patienceMs = parseDuration(patience);
  const timeoutMs = parseDuration(timeout);
  return {
    url,
    trust: [...new Set(trust ?? [])],
    ...(mode === undefined ? {} : { mode }),
    ...(scope === undefined ? {} : { scope }),
    ...(key === undefined ? {} : { key }),
    ...(patienceMs === undefined ? {} : { patienceMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function onlyUrl(url: string): RemoteInput {
  return { url };
}

function wrongAddress(name: string, value: unknown): readonly Fact[] {
  if (typeof value !== 'string') return [[name, `${describe(value)}, not an address`]];
  if (parseRemoteAddress(value) !== undefined) return [];
  return [[name, `${describeAddress(value)}, not ${ADDRESS_WANTED}`]];
}

function wrongMode(value: unknown): readonly Fact[] {
  if (value === undefined || isRemoteMode(value)) return [];
  return [['remote.mode', `${describe(value)}, none of ${MODES_WANTED}`]];
}

function wrongScope(value: unknown): readonly Fact[] {
  if (value === undefined || (typeof value === 'string' && parseScope(value) !== undefined))
    return [];
  return [['remote.scope', `${describe(value)}, none of "trusted", "pr/<n>", "dev/<user>"`]];
}

const PUBLIC_KEY_BYTES = 32;

function wrongTrust(value: unknown): readonly Fact[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [['remote.trust', `${describe(value)}, not a list of keys`]];
  return value.flatMap((it: unknown, index): Fact[] =>
    typeof it === 'string' && isPublicKey(it)
      ? []
      : [[`remote.trust[${index}]`, `${describe(it)}, not a public key: base64 of 32 bytes`]],
  );
}

function isPublicKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === PUBLIC_KEY_BYTES && bytes.toString('base64') === text;
}

function wrongKey(value: unknown): readonly Fact[] {
  if (value === undefined || (typeof value === 'string' && isPath(value))) return [];
  const what = typeof value === 'string' ? 'a text' : describe(value);
  return [['remote.key', `${what}, not the path of a file`]];
}

/** A key itself is not wanted where everybody reads it. */
function isPath(text: string): boolean {
  return text !== '' && !text.includes('\n') && !text.includes('-----');
}

function wrongDuration(name: string, value: unknown, leastMs: number): readonly Fact[] {
  if (value === undefined || (parseDuration(value) ?? -1) >= leastMs) return [];
  return [[name, `${describe(value)}, not ${DURATION_WANTED}`]];
}
