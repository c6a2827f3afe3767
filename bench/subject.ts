/** Figures of one sample, by what they are of. */
export type Readings = Readonly<Record<string, number>>;

/** Where a sample may write. */
export interface SamplePlace {
  /** Empty, for this sample alone, removed after it. */
  readonly scratch: string;
  /** What `prepare` filled; kept until the comparison is over. */
  readonly home: string;
}

/** Whose work is measured: Skein, a peer that a user could pick instead, or a floor. */
export interface Subject {
  readonly name: string;
  /** Why it cannot take part here; it is never sampled then. */
  readonly missing?: string;
  /** Once, before the first sample, unmeasured. */
  readonly prepare?: (home: string) => Promise<void>;
  /** Does the work once. Throws where the work done was not the work meant. */
  readonly sample: (place: SamplePlace) => Promise<Readings>;
  /** Once, after the last sample of all subjects, also where there was trouble. */
  readonly close?: () => Promise<void>;
}
