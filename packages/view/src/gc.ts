import type { RunId } from '@skein/model';

/** Kinds of what is removed, in the order in which they are told. */
export const GC_KINDS = [
  'runs',
  'traces',
  'values',
  'artifacts',
  'files',
  'bundles',
  'scratch',
  'caches',
  'databases',
] as const;

export type GcKind = (typeof GC_KINDS)[number];

export interface GcAmount {
  readonly count: number;
  readonly bytes: number;
}

/** What a `gc` removed, or with `dryRun` would remove. */
export interface GcReport {
  readonly dryRun: boolean;
  readonly removed: ReadonlyMap<GcKind, GcAmount>;
  /** The runs that went, the oldest first. */
  readonly runs: readonly RunId[];
  /** How many runs stay, by the reason. */
  readonly stay: Readonly<Record<'running' | 'pinned' | 'unfinished' | 'kept' | 'young', number>>;
  /**
   * Processes that work with the state, so that what no record names any more stays for now.
   * `content`: what that would be.
   */
  readonly busy: readonly number[];
  readonly waiting: GcAmount;
  /** A database that was set aside as damaged: what it may name stays with it. */
  readonly aside?: string;
  /** Of the whole state directory, and in a dry run what it would come to. */
  readonly sizeBytes: { readonly before: number; readonly after: number };
  readonly maxSizeBytes?: number;
}

/** A pinned run, as it is listed. */
export interface PinnedRun {
  readonly run: RunId;
  /** When it was pinned, milliseconds since 1970. */
  readonly at: number;
}
