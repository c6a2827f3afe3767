/** What a mutation did: a line of JSON for each on standard output. */
export interface Observed {
  readonly name: string;
  readonly code: number;
  /** Why each task executed, by its name; one task's actions have one reason each. */
  readonly reasons: Readonly<Record<string, readonly string[]>>;
  /** Whether the run's result is what everything executed again comes to. */
  readonly sound: boolean;
  /** What a rejected run said. */
  readonly message: string;
}
