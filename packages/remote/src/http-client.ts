import { Agent as PlainAgent, type ClientRequest, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { HttpAnswer, HttpCall, HttpPatience } from './http-call.ts';
import { Exchange, StaleConnection } from './http-exchange.ts';
import type { Timers } from './timers.ts';
import type { Traffic } from './traffic.ts';

export interface HttpClientOptions {
  /** `http:` or `https:`; a path in it is a prefix. */
  readonly base: URL;
  /** Sent to that origin and to no other. */
  readonly token: string;
  readonly timers: Timers;
  readonly patience: HttpPatience;
  readonly traffic: Traffic;
  /** What the client calls itself. */
  readonly agent: string;
}

/** Connections that are open at a time; callers ask for fewer. */
const SOCKETS = 16;
const IDLE_MS = 30_000;

/**
 * HTTP with a bound on everything. Redirects are not followed: the token goes to the configured
 * address only. Rejects with a `SharedStoreError` that never names the token.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agent: PlainAgent;
  readonly #isTls: boolean;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#isTls = options.base.protocol === 'https:';
    const settings = { keepAlive: true, maxSockets: SOCKETS, timeout: IDLE_MS };
    this.#agent = this.#isTls ? new TlsAgent(settings) : new PlainAgent(settings);
  }

  /** A connection that was kept and that the server closed meanwhile is no answer: asked again. */
  async send(call: HttpCall): Promise<HttpAnswer> {
    this.#options.traffic.requests += 1;
    try {
      return await this.#send(call);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return await this.#send({ ...call }, true);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(call: HttpCall, isLast = false): Promise<HttpAnswer> {
    return new Exchange(this.#open(call), call, this.#options).answer(isLast);
  }

  #open({ method, path, body }: HttpCall): ClientRequest {
    const { base, token, agent } = this.#options;
    const headers: Record<string, string | number> = {
      authorization: `Bearer ${token}`,
      'accept-encoding': 'identity',
      'user-agent': agent,
    };
    if (body !== undefined) {
      const isFile = body.kind === 'file';
      headers['content-length'] = isFile ? body.size : body.bytes.byteLength;
      headers['content-type'] = isFile ? 'application/octet-stream' : body.type;
    }
    const open = this.#isTls ? tlsRequest : request;
    const prefix = base.pathname.replace(/\/+$/, '');
    return open({
      method,
      agent: this.#agent,
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port === '' ? undefined : base.port,
      path: prefix + path,
      headers,
    });
  }
}
