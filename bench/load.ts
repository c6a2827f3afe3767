/** What clients of a load do at the same time. */
export interface Phase {
  readonly kind:
    | 'entries put'
    | 'entries found'
    | 'blobs put'
    | 'blobs got'
    | 'artifacts of Nx put'
    | 'artifacts of Nx got'
    | 'large blob put'
    | 'large blob got';
  /** How many things each client puts or asks for, beginning with its own first one. */
  readonly count: number;
  /** How many of them go into one request. */
  readonly perRequest: number;
  /** They are those of so many clients in turns, and not one's own. */
  readonly ofClients?: number;
  /** Only so many clients of a process take part; all unless told. */
  readonly clients?: number;
}

/** What one client did in a phase. */
export interface Share {
  readonly requests: readonly Timed[];
  /** Bytes of bodies that were moved. */
  readonly bytes: number;
}

/** When a request began and was answered to its end, on a clock that all processes share. */
export interface Timed {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** What a client process is told first. */
export interface ClientOrder {
  readonly url: string;
  readonly token: string;
  /** Raw, 32 bytes, of the writer of all entries. */
  readonly publicKey: readonly number[];
  /** Numbers of the clients that it plays, from 0 on. */
  readonly clients: readonly number[];
  /** A folder that is there, and large enough for the large blob. */
  readonly scratch: string;
  /** Bytes of an entry's content, of a blob or an artifact of Nx, and of the large blob. */
  readonly sizes: { readonly entry: number; readonly small: number; readonly large: number };
}

/** What goes to a client process; the next one when it has answered. */
export type ToClient = { readonly order: ClientOrder } | { readonly phase: Phase };

/** What comes back: the shares of its clients, or what went wrong. */
export type FromClient = { readonly shares: readonly Share[] } | { readonly trouble: string };
