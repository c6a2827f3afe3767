import type { CheckpointId } from '@skein/model';
import { DURATION_WANTED, parseDuration } from './duration.ts';
import type { Duration } from './duration.ts';
import { currentScope } from './host.ts';
import type { ScopedCheckpoint } from './host.ts';
import { throwInvalidOption } from './invalid-option.ts';
import { plainScope, randomId, randomNumber, wait, wallClock } from './plain-program.ts';

/** What cannot be had twice, recorded when it is had: see `durable`. */
export interface Durable {
  /** Milliseconds since 1970. */
  now(this: void): Promise<number>;
  /** At least 0, less than 1. */
  random(this: void): Promise<number>;
  /** A random UUID. */
  uuid(this: void): Promise<string>;
  /** Waits; a later attempt waits only for the rest. Rejects when the action is stopped. */
  sleep(this: void, duration: Duration): Promise<void>;
}

type Impure = NonNullable<ScopedCheckpoint['impure']>;

/**
 * The clock, randomness and waiting as checkpoints: an action that is tried again, or resumed,
 * gets the same values in the same order. In a cached task they are impurities, as the plain ones
 * are. Outside of a run they are the plain ones.
 */
export const durable: Durable = {
  now: () => recorded({ name: 'now', kind: 'clock' }, wallClock),
  random: () => recorded({ name: 'random', kind: 'randomness' }, randomNumber),
  uuid: () => recorded<string>({ name: 'uuid', kind: 'randomness' }, randomId),
  sleep,
};

/** What is recorded is the moment at which it ends. */
async function sleep(duration: Duration): Promise<void> {
  const ms = parseDuration(duration);
  if (ms === undefined) {
    const given = { path: 'duration', given: duration, wanted: DURATION_WANTED };
    throwInvalidOption({ owner: 'durable.sleep', ...given });
  }
  const { signal } = currentScope() ?? plainScope;
  const end = await recorded({ name: 'sleep', kind: 'clock', args: [ms] }, () => wallClock() + ms);
  // A clock that was set back since makes nobody wait for longer than was asked for.
  await wait(Math.min(ms, end - wallClock()), signal);
}

interface Recorded {
  readonly name: string;
  readonly kind: Impure['kind'];
  readonly args?: readonly unknown[];
}

async function recorded<T>({ name, kind, args = [] }: Recorded, make: () => T): Promise<T> {
  const scope = currentScope();
  if (scope === undefined) return make();
  const call: ScopedCheckpoint = {
    checkpoint: idOf(name),
    args,
    run: () => Promise.resolve(make()),
    impure: { kind, what: `durable.${name}` },
  };
  return (await scope.checkpoint(call)) as T;
}

function idOf(name: string): CheckpointId {
  return `skein#${name}` as CheckpointId;
}
