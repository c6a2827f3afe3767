/** Time enters through this port. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that only go forward, from an arbitrary origin. */
  elapsed(): number;
}

/** Randomness enters through this port. */
export interface Randomness {
  /** `length` random bytes as lower-case hex. */
  hex(length: number): string;
}
