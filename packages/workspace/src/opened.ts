import type { Clock, Failure, Randomness } from '@skein/model';
import type { FileStore } from '@skein/sdk';
import type { State } from './state.ts';

/** A workspace that was found and opened: what every operation on it works with. */
export interface Opened {
  readonly root: string;
  readonly entry: string | undefined;
  readonly state: State;
  /** Where the state is a copy: the state directory that it lies in, which no action sees (O2). */
  readonly copiedFrom?: string;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly skein: Readonly<Record<string, unknown>> | undefined;
  /** Of Skein. */
  readonly version: string;
  readonly warn: (warning: Failure) => void;
}
