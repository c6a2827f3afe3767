/**
 * Where a shared result was made, by whom, and from which state of the sources: told by the
 * writer when it shares the result, and covered by its signature.
 */
export interface Provenance {
  /** Name of the writer's key: 64 hexadecimal digits, the SHA-256 of the raw public key. */
  readonly writer?: string;
  /** Where it was shared: `trusted`, `pr/<n>` or `dev/<user>`. */
  readonly scope: string;
  /** Name of the user and of the machine. */
  readonly user?: string;
  readonly host?: string;
  /** The version of Skein. */
  readonly skein: string;
  readonly commit?: string;
  /** The branch or tag, as the CI or git names it. */
  readonly ref?: string;
  /** The run of a CI: its address where it has one, else what the CI calls it. */
  readonly ci?: string;
  /** When it was shared, milliseconds since 1970. */
  readonly at: number;
}

/** What is told of a reused result that somebody else made. */
export interface MadeElsewhere {
  readonly provenance: Provenance;
  /** The run and action that made it, in the writer's own record. */
  readonly run: string;
  readonly action: number;
  /** When it was made, and how long that took: milliseconds. */
  readonly at: number;
  readonly durationMs: number;
}
