import type { Digest } from '@skein/values';
import type { PlainObservation, Stamp, VariableObservation } from '@skein/model';

/** Observations of the world outside the process; variables are known without looking. */
export type WorldObservation = Exclude<PlainObservation, VariableObservation>;

/** What recorded observations would see now: the other half of tracking, for checks (T2). */
export interface World {
  /** The digest that the same observation has now; `null`: absent. Remembered until forgotten. */
  digestOf(seen: WorldObservation): Digest | null | Promise<Digest | null>;
  /** A path was or may have been written: nothing is known of it any more, nor of its folder. */
  forget(path: string): void;
}

/** Digests of files that certainly have not changed since (C8), kept from run to run. */
export interface StampTable {
  /** By absolute path. */
  read(path: string): { readonly stamp: Stamp; readonly digest: Digest } | undefined;
  write(path: string, known: { readonly stamp: Stamp; readonly digest: Digest }): void;
}

export interface WorldSettings {
  /** Absolute workspace root and state directory, as tracking has them. */
  readonly root: string;
  readonly state: string;
  readonly stamps: StampTable;
  /** The command's `PATH`, in which programs are looked up (O8). */
  readonly path?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
