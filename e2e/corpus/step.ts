/** What a change in a sequence of changes did. */
export interface Step {
  readonly name: string;
  /** Whether the result is that of a run with an empty state. */
  readonly sound: boolean;
  /** How many actions executed, and how many did when nothing had changed. */
  readonly executed: number;
  readonly again: number;
}
