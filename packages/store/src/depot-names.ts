import { hash } from 'node:crypto';
import { digestHex, parseDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionKey } from '@skein/model';
import type { DepotKind } from './depot.ts';
import { scopeOfSegment, scopeSegment } from './scope.ts';
import type { Scope } from './shared-store.ts';

/** Where a depot's things lie; the version of the layout is part of every name. */
const SCOPES = 'v1/scopes/';
export const TOKENS = 'v1/tokens/';
const WRITERS = 'v1/writers/';
export const REVOKED = 'v1/revoked/';
/** Changes with every revocation. */
export const REVOCATION_MARK = 'v1/revocation';

const SHARD = 2;
const HEX_64 = /^[0-9a-f]{64}$/;
const NX_HASH = /^[A-Za-z0-9_-]{1,64}$/;

/** What the name of an object in a scope says. */
export type Named =
  | { readonly kind: 'trace'; readonly scope: Scope; readonly key: ActionKey; readonly id: string }
  | { readonly kind: 'blob'; readonly scope: Scope; readonly digest: Digest }
  | { readonly kind: 'nx'; readonly scope: Scope; readonly hash: string };

export function isHex64(text: string): boolean {
  return HEX_64.test(text);
}

/** 1 to 64 letters, digits, `-` or `_`. */
export function isNxHash(text: string): boolean {
  return NX_HASH.test(text);
}

export function keyFolder(scope: Scope, key: ActionKey): string {
  return `${kindFolder(scope, 'trace')}${digestHex(key).slice(0, SHARD)}/${key}/`;
}

export function traceName(scope: Scope, key: ActionKey, id: string): string {
  return keyFolder(scope, key) + id;
}

export function blobName(scope: Scope, digest: Digest): string {
  return `${kindFolder(scope, 'blob')}${digestHex(digest).slice(0, SHARD)}/${digest}`;
}

/** Lower case only: no file system takes two hashes for one. */
export function nxName(scope: Scope, nxHash: string): string {
  const shard = hash('sha256', nxHash, 'hex').slice(0, SHARD);
  const name = nxHash.replace(/[A-Z]/g, (letter) => `~${letter.toLowerCase()}`);
  return `${kindFolder(scope, 'nx')}${shard}/n${name}`;
}

/** All of some scopes, of some kinds. */
export function foldersOf(
  scopes: readonly Scope[] | undefined,
  kinds: readonly DepotKind[] | undefined,
): string[] {
  if (scopes === undefined) return [SCOPES];
  if (kinds === undefined) return scopes.map((scope) => `${SCOPES}${scopeSegment(scope)}/`);
  return scopes.flatMap((scope) => kinds.map((kind) => kindFolder(scope, kind)));
}

function kindFolder(scope: Scope, kind: DepotKind): string {
  return `${SCOPES}${scopeSegment(scope)}/${kind}/`;
}

/** `undefined` for an object that no version of ours has put there. */
export function parseName(name: string): Named | undefined {
  const named = name.startsWith(SCOPES) ? readName(name) : undefined;
  return named !== undefined && nameOf(named) === name ? named : undefined;
}

function nameOf(named: Named): string {
  if (named.kind === 'trace') return traceName(named.scope, named.key, named.id);
  if (named.kind === 'blob') return blobName(named.scope, named.digest);
  return nxName(named.scope, named.hash);
}

/** What a name says where it is one: the parts that follow from others are not looked at. */
function readName(name: string): Named | undefined {
  const [segment = '', kind, , first = '', second] = name.slice(SCOPES.length).split('/');
  const scope = scopeOfSegment(segment);
  if (scope === undefined) return undefined;
  const digest = parseDigest(first);
  if (kind === 'trace' && digest !== undefined && second !== undefined && isHex64(second)) {
    return { kind, scope, key: digest as ActionKey, id: second };
  }
  if (kind === 'blob' && digest !== undefined) return { kind, scope, digest };
  const nxHash = first.slice(1).replace(/~([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return kind === 'nx' && isNxHash(nxHash) ? { kind, scope, hash: nxHash } : undefined;
}

export function tokenName(id: string): string {
  return TOKENS + id;
}

export function writersFolder(scope?: Scope, writer?: string): string {
  if (scope === undefined) return WRITERS;
  const folder = `${WRITERS}${scopeSegment(scope)}/`;
  return writer === undefined ? folder : `${folder}${writer}/`;
}

/** The name says everything: whoever lists the keys has read them. */
export function writerName(scope: Scope, writer: Registration): string {
  const raw = Buffer.from(writer.publicKey).toString('hex');
  return `${writersFolder(scope, writer.writer)}${writer.token}.${raw}`;
}

export interface Registration {
  /** Name of the key. */
  readonly writer: string;
  readonly token: string;
  readonly publicKey: Uint8Array;
}

export function parseWriter(name: string): (Registration & { readonly scope: Scope }) | undefined {
  const [segment = '', writer = '', last = ''] = name.slice(WRITERS.length).split('/');
  const [token = '', raw = ''] = last.split('.');
  const scope = scopeOfSegment(segment);
  if (scope === undefined || !isHex64(writer) || !isHex64(raw)) return undefined;
  return { scope, writer, token, publicKey: new Uint8Array(Buffer.from(raw, 'hex')) };
}

/** By its id, a token; by its name, a key: everywhere, or in one scope. */
export function revokedName(kind: 'writer' | 'token', name: string, scope?: Scope): string {
  const folder = `${REVOKED}${kind}/`;
  return scope === undefined ? folder + name : `${folder}${scopeSegment(scope)}/${name}`;
}

export interface RevokedNamed {
  readonly kind: string;
  readonly name: string;
  /** Absent: in every scope. */
  readonly scope?: Scope;
}

export function parseRevoked(object: string): RevokedNamed | undefined {
  const [kind = '', first = '', second] = object.slice(REVOKED.length).split('/');
  if (second === undefined) return { kind, name: first };
  const scope = scopeOfSegment(first);
  return scope === undefined ? undefined : { kind, name: second, scope };
}
