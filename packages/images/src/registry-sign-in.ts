import { parseChallenges, type Challenge } from './challenge.ts';
import type { FoundCredentials } from './credentials.ts';
import { httpGet, type HttpAnswer, type HttpOptions } from './http-get.ts';
import type { ImageReference } from './reference.ts';
import { mayBePlain } from './registry-host.ts';

export interface SignInRequest {
  readonly reference: ImageReference;
  /** The header `www-authenticate` of the answer 401. */
  readonly header: string;
  readonly found: FoundCredentials;
  readonly insecureRegistries: readonly string[];
  readonly http: HttpOptions;
}

/** The header to ask again with, or in words why there is none. */
export type SignedIn =
  | { readonly authorization: string }
  | { readonly said: string; readonly isReachable: boolean };

const TOKEN_BYTES = 1 << 20;
const CLIENT = 'skein';

/**
 * Basic, or a token of access: https://distribution.github.io/distribution/spec/auth/token/.
 * Without credentials a registry that gives tokens is asked for one all the same: for what is
 * public it gives one.
 */
export async function signIn(request: SignInRequest): Promise<SignedIn> {
  const challenges = parseChallenges(request.header);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer !== undefined) return await takeToken(request, bearer);
  const { credentials } = request.found;
  const isBasic = challenges.some(({ scheme }) => scheme === 'basic');
  if (!isBasic) return refused(`it asks for "${challenges[0]?.scheme ?? request.header}"`);
  if (credentials?.kind !== 'password') return refused('it asks for a user and a password');
  return { authorization: basic(credentials) };
}

async function takeToken(request: SignInRequest, challenge: Challenge): Promise<SignedIn> {
  const realm = challenge.parameters.get('realm') ?? '';
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return refused(`it sends to "${realm}" for a token`);
  }
  // Credentials go in it: a registry must not lead them onto a wire that others can read.
  if (url.protocol === 'http:' && !mayBePlain(url.host, request.insecureRegistries)) {
    return refused(`it sends to "${realm}" for a token, which is plain http`);
  }
  const answer = await askForToken(request, challenge, url);
  if (typeof answer === 'string') {
    return { said: `${url.host}, which gives its tokens: ${answer}`, isReachable: false };
  }
  if (answer.status !== 200) {
    return refused(`${url.host}, which gives its tokens, answers ${answer.status}`);
  }
  const token = tokenIn(answer.bytes);
  if (token === undefined) return refused(`${url.host} gives no token`);
  return { authorization: `Bearer ${token}` };
}

async function askForToken(
  { reference, found, http }: SignInRequest,
  { parameters }: Challenge,
  realm: URL,
): Promise<HttpAnswer | string> {
  const { credentials } = found;
  const service = parameters.get('service');
  const asked = {
    ...(service === undefined ? {} : { service }),
    scope: parameters.get('scope') ?? `repository:${reference.repository}:pull`,
  };
  const limitBytes = TOKEN_BYTES;
  if (credentials?.kind === 'identity') {
    const form = { ...asked, grant_type: 'refresh_token', refresh_token: credentials.token };
    const headers = { accept: 'application/json' };
    const whole = { ...form, client_id: CLIENT };
    return await httpGet({ url: realm.href, headers, form: whole, limitBytes }, http);
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(asked)) url.searchParams.append(name, value);
  const headers = {
    accept: 'application/json',
    ...(credentials === undefined ? {} : { authorization: basic(credentials) }),
  };
  return await httpGet({ url: url.href, headers, limitBytes }, http);
}

function basic(credentials: { readonly username: string; readonly password: string }): string {
  const pair = `${credentials.username}:${credentials.password}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

/** What could not stand in a header is no token. */
function tokenIn(bytes: Uint8Array): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null) return undefined;
  const given = answer as { readonly token?: unknown; readonly access_token?: unknown };
  return [given.token, given.access_token].find(
    (it): it is string => typeof it === 'string' && /^[\x21-\x7e]+$/.test(it),
  );
}

function refused(said: string): SignedIn {
  return { said, isReachable: true };
}
