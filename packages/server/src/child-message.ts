import type { Failure } from '@skein/model';
import type { Draining } from './http-server.ts';
import type { LogFormat } from './serve-options.ts';
import type { ServerLimits } from './server-limits.ts';

/** What a serving process is told once. */
export interface ChildOptions {
  readonly data: string;
  readonly version: string;
  readonly limits: ServerLimits;
  readonly logFormat: LogFormat;
  readonly keepForMs: number | undefined;
  readonly maxSizeBytes: number | undefined;
  /** How many serving processes there were before it. */
  readonly restarts: number;
}

/** From the supervisor. With `connection` comes the socket. */
export type ToChild =
  | { readonly kind: 'start'; readonly options: ChildOptions }
  | { readonly kind: 'connection'; readonly id: number }
  | { readonly kind: 'drain'; readonly draining: Draining }
  | { readonly kind: 'ping' };

/** To the supervisor. */
export type FromChild =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'taken'; readonly id: number }
  | { readonly kind: 'pong' }
  | { readonly kind: 'drained'; readonly outcome: 'ended' | 'cut' };
