import { parseS3 } from '@skein/store';

/** Where shared results lie: behind a server, or in a bucket that this process reads itself. */
export type RemoteAddress =
  | { readonly kind: 'http'; readonly url: string; readonly isPlain: boolean }
  | { readonly kind: 's3'; readonly url: string };

/** What a message asks for where an address is wanted. */
export const ADDRESS_WANTED = '"http://…", "https://…" or "s3://bucket/prefix"';

/**
 * Reads an address; `undefined` for what is none. Names and passwords, a query and a fragment are
 * refused: what is told of an address must not hold a secret.
 */
export function parseRemoteAddress(text: string): RemoteAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, hostname, username, password, search, hash } = url;
  if (hostname === '' || username !== '' || password !== '') return undefined;
  if (search !== '' || hash !== '' || /[?#]/.test(text)) return undefined;
  if (protocol === 's3:') {
    return parseS3(text) === undefined ? undefined : { kind: 's3', url: withoutSlash(text) };
  }
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const isPlain = protocol === 'http:' && !isLoopback(hostname);
  return { kind: 'http', url: withoutSlash(url.href), isPlain };
}

/** What is told of an address that is none: a password or token in it is nobody's business. */
export function describeAddress(text: string): string {
  const told = text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1…@')
    .replace(/([?#]).*/s, '$1…')
    .replaceAll(/\bskein_\w+/g, 'skein_…');
  return `"${told}"`;
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || host === '[::1]') return true;
  return /^127\.\d+\.\d+\.\d+$/.test(host);
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
