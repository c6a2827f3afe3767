import type { Rights, Scope, ShareMode } from './shared-store.ts';

const FORM = /^(?:trusted|pr\/[1-9][0-9]{0,9}|dev\/[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?)$/;

/** Protected branches. */
export const TRUSTED = 'trusted' as Scope;

/**
 * `trusted`, `pr/<number>`, or `dev/<user>` with a user of lower-case letters, digits, `.`, `_`,
 * `-` (at most 64): lower case, since two scopes must not be one folder on any file system.
 */
export function parseScope(text: string): Scope | undefined {
  return FORM.test(text) ? (text as Scope) : undefined;
}

/** The scopes that a client of `scope` reads, the nearest first. */
export function readsOf(scope: Scope): readonly Scope[] {
  return scope === TRUSTED ? [TRUSTED] : [scope, TRUSTED];
}

export function rightsOf(scope: Scope, mode: ShareMode, token: string): Rights {
  return { scope, mode, reads: readsOf(scope), token };
}

export function mayRead(rights: Rights): boolean {
  return rights.mode !== 'write';
}

export function mayWrite(rights: Rights): boolean {
  return rights.mode !== 'read';
}

/** One segment of an object's name; no two scopes have the same. */
export function scopeSegment(scope: Scope): string {
  return scope.replace('/', '-');
}

export function scopeOfSegment(segment: string): Scope | undefined {
  const scope = parseScope(segment.replace('-', '/'));
  return scope !== undefined && scopeSegment(scope) === segment ? scope : undefined;
}
