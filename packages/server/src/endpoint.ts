import type { Call } from './call.ts';
import type { Reply } from './reply.ts';
import type { Trouble } from './trouble.ts';

/** One line of the table of requests. `GET` answers `HEAD` too. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** As hono writes it; also what log and metrics call it. */
  readonly path: string;
  readonly answer: (call: Call) => Promise<Reply>;
}

/** Requests that share a way to be refused. */
export interface Protocol {
  /** Every path of it. */
  readonly below: string;
  readonly endpoints: readonly Endpoint[];
  /** Answers whatever goes wrong, and what none of its endpoints is. */
  readonly refuse: (call: Call, trouble: Trouble) => Reply;
  /** Whether requests wait for their turn. */
  readonly gated: boolean;
}
