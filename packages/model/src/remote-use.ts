/** What a run had of its remote. Counts are of results, which people share and find by key. */
export interface RemoteUse {
  /** Its address, which holds no secret. */
  readonly url: string;
  readonly mode: 'read' | 'write' | 'read-write';
  /** Asked for, and found and believed; in so many requests. */
  readonly asked: number;
  readonly found: number;
  readonly requests: number;
  /** Shared, and there already: with the same bytes, or made otherwise. */
  readonly pushed: number;
  readonly same: number;
  readonly conflicts: number;
  /** Not taken by the remote; given up here; still to be shared when the run was left. */
  readonly refused: number;
  readonly dropped: number;
  readonly left: number;
  readonly bytesDown: number;
  readonly bytesUp: number;
  /** How long somebody waited for answers. */
  readonly waitedMs: number;
  /** Entries that were not believed, and results that stay on this machine, by why. */
  readonly unbelieved: Readonly<Record<string, number>>;
  readonly unshared: Readonly<Record<string, number>>;
  /** Why it was not used any more. */
  readonly off?: string;
}

/** How much is still to be shared. */
export interface SharingLeft {
  readonly entries: number;
  /** Entries that there were to share when sharing alone was waited for. */
  readonly of: number;
  readonly bytes: number;
}
