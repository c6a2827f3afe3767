import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the log line and the metrics tell of a request. */
export interface CallRecord {
  /** The pattern, never the path: it is a label. */
  route: string;
  /** The id of the token, once it is known. */
  token: string | undefined;
  bytesIn: number;
  bytesOut: number;
  /** Why it was answered as it was, where that is not plain from the status. */
  trouble: string | undefined;
  /** What the storage said. */
  cause: string | undefined;
}

/** One request on its way through the server. */
export interface Call {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly params: Readonly<Record<string, string>>;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly record: CallRecord;
}

/** The declared length of the body: `undefined` where there is none. */
export function declaredLength({ incoming }: Call): number | undefined {
  const text = incoming.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}
