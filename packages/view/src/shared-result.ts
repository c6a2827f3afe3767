import type { Provenance } from '@skein/model';

/** A shared result, as far as its entry tells. */
export interface SharedResult {
  readonly key: string;
  readonly id: string;
  readonly scope: string;
  /** Bytes of the entry; its artifact lies beside it. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** Id of the token that it came with, and name of the key that signed it. */
  readonly token: string;
  readonly writer?: string;
  /** Absent where its bytes are not told, or cannot be read. */
  readonly made?: SharedMaking;
  /** Why a reader of its scope would not believe it. */
  readonly trouble?: string;
}

export interface SharedMaking {
  readonly task: string;
  readonly outcome: 'result' | 'error';
  /** The run and action that made it, in the writer's own record. */
  readonly run: string;
  readonly action: number;
  readonly at: number;
  readonly durationMs: number;
  readonly provenance: Provenance;
  /** What it observed, and which blobs it needs. */
  readonly observations: number;
  readonly blobs: readonly string[];
}

/** `skein cache ls`. */
export interface SharedListing {
  readonly place: string;
  readonly results: readonly SharedResult[];
  /** How many there are in all, by what can be told without reading them. */
  readonly total: number;
  /** Artifacts of Nx, which have no task. */
  readonly nx: number;
}

/** One thing of that beginning, whatever it is. */
export type SharedThing =
  | { readonly kind: 'result'; readonly result: SharedResult }
  | {
      readonly kind: 'nx';
      readonly hash: string;
      readonly scope: string;
      readonly size: number;
      readonly token: string;
      readonly receivedAt: number;
      readonly usedAt: number;
    }
  | {
      readonly kind: 'blob';
      readonly digest: string;
      readonly scope: string;
      readonly size: number;
      readonly usedAt: number;
    };

export interface SharedAmount {
  readonly count: number;
  readonly bytes: number;
}

/** `skein cache stats`. */
export interface SharedStats {
  readonly place: string;
  readonly scopes: readonly {
    readonly scope: string;
    readonly trace: SharedAmount;
    readonly nx: SharedAmount;
    readonly blob: SharedAmount;
  }[];
  readonly total: SharedAmount;
}

/** `skein cache verify`. */
export interface SharedVerification {
  readonly place: string;
  readonly checked: SharedAmount;
  /** Names of what was damaged, and is removed; the first of them. */
  readonly damaged: readonly string[];
  readonly damagedCount: number;
  /** Entries that were read, and those that no reader believes. */
  readonly entries: number;
  readonly unbelieved: readonly SharedResult[];
}

/** `skein cache gc`. */
export interface SharedSweep {
  readonly place: string;
  readonly dryRun: boolean;
  readonly removed: SharedAmount;
  readonly kept: SharedAmount;
}

/** `skein cache revoke`. */
export interface SharedRevocation {
  readonly place: string;
  readonly writers: readonly string[];
  readonly tokens: readonly string[];
  readonly removed: SharedAmount;
}

/** `skein cache push`. */
export interface PushReport {
  readonly place: string;
  /** Results of the state that were looked at. */
  readonly results: number;
  readonly pushed: number;
  readonly same: number;
  readonly conflicts: number;
  readonly refused: number;
  readonly left: number;
  readonly bytes: number;
  /** How many stay on this machine, by why, with an example. */
  readonly stay: readonly {
    readonly why: string;
    readonly count: number;
    readonly example: string;
  }[];
}

/** `skein cache pull`. */
export interface PullReport {
  readonly place: string;
  readonly entries: number;
  readonly learned: number;
  readonly bytes: number;
  /** Artifacts that were brought, and those that are gone; absent where none were wanted. */
  readonly artifacts?: { readonly brought: number; readonly gone: number };
}
