import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call } from './call.ts';

export interface CallStart {
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
}

/** A request as the endpoints see it. */
export function startCall(
  { incoming, outgoing }: { incoming: unknown; outgoing: unknown },
  { route, params }: CallStart,
): Call {
  const gone = new AbortController();
  const response = outgoing as ServerResponse;
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return {
    incoming: incoming as IncomingMessage,
    outgoing: response,
    params,
    signal: gone.signal,
    record: {
      route,
      token: undefined,
      bytesIn: 0,
      bytesOut: 0,
      trouble: undefined,
      cause: undefined,
    },
  };
}
