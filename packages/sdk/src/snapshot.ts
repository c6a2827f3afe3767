import { currentScope } from './host.ts';

/** The progress of an action, kept until it succeeds: see `snapshot`. */
export interface Snapshot {
  /**
   * Saves a copy of the value, files too; the last one saved counts. Resolves when it is on record:
   * nothing can take it away any more. Outside of a run it does nothing.
   */
  save(this: void, value: unknown): Promise<void>;
  /**
   * A copy of what this action saved last, in an earlier attempt or, after `resume`, in an earlier
   * run; `undefined` where nothing was saved, and outside of a run.
   */
  load<T>(this: void): Promise<T | undefined>;
}

/**
 * One value for each action, for loops that go on where they were: save after each round, load
 * before the first. What was done after the last save is done again (**at least once**). The value
 * is gone when the action succeeds, and is in no key.
 */
export const snapshot: Snapshot = {
  save: async (value) => {
    await currentScope()?.save(value);
  },
  load: async <T>() => (await currentScope()?.load()) as T | undefined,
};
