import { formatAge } from './duration.ts';
import type { JsonObject } from './json.ts';
import type { Style } from './style.ts';

/** A token as it is listed: never its secret. */
export interface ListedToken {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly mode: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly revokedAt?: number;
}

/** The list of `skein cache-server token ls`. */
export function renderTokens(
  tokens: readonly ListedToken[],
  { style, now }: { readonly style: Style; readonly now: number },
): string {
  if (tokens.length === 0) return 'there are no tokens';
  const width = (of: (token: ListedToken) => string): number =>
    Math.max(...tokens.map((token) => of(token).length));
  const names = width(({ name }) => name);
  const scopes = width(({ scope }) => scope);
  const modes = width(({ mode }) => mode);
  return tokens
    .map((token) => {
      const { id, name, scope, mode, createdAt, revokedAt } = token;
      const made = style.faint(`made ${formatAge(now - createdAt)}`);
      const gone =
        revokedAt === undefined ? '' : style.bad(`, revoked ${formatAge(now - revokedAt)}`);
      const words = [name.padEnd(names), scope.padEnd(scopes), mode.padEnd(modes)];
      return [style.name(id), ...words, `${made}${gone}`].join('  ');
    })
    .join('\n');
}

/** A token for JSON. */
export function tokenJson(token: ListedToken): JsonObject {
  const { id, name, scope, mode, createdAt, revokedAt } = token;
  const at = (time: number): string => new Date(time).toISOString();
  return {
    id,
    name,
    scope,
    mode,
    createdAt: at(createdAt),
    revokedAt: revokedAt === undefined ? null : at(revokedAt),
  };
}
