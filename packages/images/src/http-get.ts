import { systemCode } from '@skein/model';

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST as a form; absent: GET. */
  readonly form?: Readonly<Record<string, string>>;
  /** An answer with a longer body is refused. */
  readonly limitBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** What of `fetch` is used: the global one fits. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpOptions {
  readonly fetch: Fetch;
  readonly timeoutMs: number;
}

/** Once again is worth it: the connection broke, and asking twice does no harm. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The words for what happens every day; everything else says its own. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no network',
  ENOTFOUND: 'no host of that name',
  EAI_AGAIN: 'no host of that name',
  UND_ERR_SOCKET: 'the connection was closed',
};

/** The answer, whole, redirects followed; or in words why there is none. Never rejects. */
export async function httpGet(
  request: HttpRequest,
  options: HttpOptions,
): Promise<HttpAnswer | string> {
  const first = await attempt(request, options);
  if (!('error' in first)) return first;
  if (!BROKEN.has(codeOf(first.error))) return wordsFor(first.error, options);
  const second = await attempt(request, options);
  return 'error' in second ? wordsFor(second.error, options) : second;
}

async function attempt(
  request: HttpRequest,
  options: HttpOptions,
): Promise<HttpAnswer | { readonly error: unknown }> {
  const { url, headers, form, limitBytes } = request;
  try {
    const response = await options.fetch(url, {
      headers,
      signal: AbortSignal.timeout(options.timeoutMs),
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    if (url.startsWith('https:') && response.url.startsWith('http:')) {
      throw new Refused('it redirects to plain http');
    }
    const bytes = await bodyOf(response, limitBytes);
    return { status: response.status, headers: response.headers, bytes };
  } catch (error) {
    return { error };
  }
}

class Refused extends Error {}

async function bodyOf(response: Response, limitBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return new Uint8Array();
  for await (const piece of response.body) {
    size += piece.byteLength;
    // Leaving the loop cancels the rest.
    if (size > limitBytes) throw new Refused(`an answer of more than ${limitBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** `fetch` wraps what happened: its own message is always the same. */
function causeOf(error: unknown): unknown {
  return error instanceof TypeError && error.cause !== undefined ? error.cause : error;
}

function codeOf(error: unknown): string {
  const cause = causeOf(error);
  const system = systemCode(cause);
  if (system !== undefined) return system;
  if (!(cause instanceof Error) || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? cause.code : '';
}

function wordsFor(error: unknown, { timeoutMs }: HttpOptions): string {
  const cause = causeOf(error);
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    return `no answer within ${timeoutMs / 1_000} s`;
  }
  const code = codeOf(error);
  const words = WORDS[code];
  if (words !== undefined) return words;
  const message = cause instanceof Error ? cause.message : String(cause);
  // https://fetch.spec.whatwg.org/#port-blocking
  if (message === 'bad port') return 'a port that is kept for something else than http';
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}
