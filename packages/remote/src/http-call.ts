import type { Readable } from 'node:stream';

/** Bounds on what a server may take, milliseconds. */
export interface HttpPatience {
  readonly connectMs: number;
  /** From the end of a request to the first byte of its answer. */
  readonly answerMs: number;
  /** In this time a body has to get on, either way. */
  readonly stallMs: number;
}

export type HttpBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly type: string }
  | { readonly kind: 'file'; readonly path: string; readonly size: number };

export interface HttpCall {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Behind the prefix, with `/` at its beginning. */
  readonly path: string;
  readonly body?: HttpBody;
  readonly signal?: AbortSignal | undefined;
}

/** An answer whose body is still to be read, or destroyed. */
export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: Readable;
}
