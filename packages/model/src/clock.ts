/** Time enters through this port. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that only go forward, from an arbitrary origin. */
  readonly elapsed: () => number;
}

/** Randomness enters through this port. */
export interface Randomness {
  /** `length` random bytes as lower-case hex. */
  readonly hex: (length: number) => string;
}
