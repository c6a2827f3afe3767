import type { Readable } from 'node:stream';

/** The answer to a request, before it is sent. */
export type Reply = WholeReply | StreamReply | FramesReply;

export interface WholeReply {
  readonly kind: 'whole';
  readonly status: number;
  readonly type?: string | undefined;
  readonly body?: string | Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** For the log. */
  readonly trouble?: string | undefined;
}

/** Exactly `size` bytes, or the connection is cut. */
export interface StreamReply {
  readonly kind: 'stream';
  readonly body: Readable;
  readonly size: number;
}

/** As many bytes as there are. */
export interface FramesReply {
  readonly kind: 'frames';
  readonly type: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Why a request is refused; docs/formats/remote.md lists them. */
export type RefusalCode = keyof typeof STATUS;

const STATUS = {
  'bad-request': 400,
  unauthorised: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'length-required': 411,
  'too-large': 413,
  'wrong-digest': 422,
  'too-many': 429,
  'storage-unreachable': 503,
  'no-room': 507,
} as const;

export function empty(status: number): WholeReply {
  return { kind: 'whole', status };
}

export function json(value: unknown): WholeReply {
  const body = `${JSON.stringify(value)}\n`;
  return { kind: 'whole', status: 200, type: 'application/json', body };
}

export function text(status: number, message: string): WholeReply {
  return { kind: 'whole', status, type: 'text/plain; charset=utf-8', body: `${message}\n` };
}

/** A refusal of Skein's own protocol. */
export function refusal(code: RefusalCode, message: string): WholeReply {
  const body = `${JSON.stringify({ error: { code, message } })}\n`;
  const headers =
    code === 'too-many'
      ? { 'retry-after': '1' }
      : code === 'unauthorised'
        ? { 'www-authenticate': 'Bearer' }
        : undefined;
  const status = STATUS[code];
  return { kind: 'whole', status, type: 'application/json', body, headers, trouble: code };
}
