import type { Access } from './access.ts';
import { outward, quietly, within } from './nesting.ts';
import type { Origin } from './nesting.ts';
import { currentTracking } from './tracking.ts';

/** A function of `node:fs` in whatever form. */
export type Operation = (this: unknown, ...args: unknown[]) => unknown;

/** What watching does about one call, beyond calling the original. */
export interface Around {
  /** Arguments in place of the author's. */
  readonly args?: readonly unknown[];
  /** Where Node carries the call out in several steps, one after the other. */
  readonly steps?: Origin['steps'];
  /** Sees what is handed over, and may hand over something else; what it throws is thrown. */
  readonly done?: (result: unknown) => unknown;
  readonly failed?: (error: unknown) => void;
}

/**
 * Looks at a call when it begins, the callback aside; what it throws is thrown as the call would.
 * `undefined`: there is nothing to see.
 */
export type Watch = (access: Access, args: readonly unknown[], self: unknown) => Around | undefined;

const NOTHING: Around = {};

/** `xSync`. */
export function syncForm(original: Operation, by: string, watch: Watch): Operation {
  return disguise(original, function (this: unknown, ...args) {
    const access = currentTracking()?.begin(by);
    if (access === undefined) return Reflect.apply(original, this, args);
    const { args: given = args, done, failed } = watch(access, args, this) ?? NOTHING;
    let result: unknown;
    try {
      result = quietly(() => Reflect.apply(original, this, given));
    } catch (error) {
      failed?.(error);
      throw error;
    }
    return done === undefined ? result : done(result);
  });
}

/** A function of `node:fs/promises`, or a method of a `FileHandle`. */
export function promiseForm(original: Operation, by: string, watch: Watch): Operation {
  return disguise(original, function (this: unknown, ...args) {
    const access = currentTracking()?.begin(by);
    if (access === undefined) return Reflect.apply(original, this, args);
    let around: Around | undefined;
    try {
      around = watch(access, args, this);
    } catch (error) {
      return Promise.reject(error);
    }
    if (around === undefined) return Reflect.apply(original, this, args);
    const { args: given = args, steps, done, failed } = around;
    const start = (): unknown => Reflect.apply(original, this, given);
    const started = steps === undefined ? start() : within(access.origin(steps), start);
    const promise = started as Promise<unknown>;
    if (done === undefined && failed === undefined) return promise;
    return promise.then(done, (error: unknown) => {
      failed?.(error);
      throw error;
    });
  });
}

/** A function whose last argument is called with an error and what there is. */
export function callbackForm(original: Operation, by: string, watch: Watch): Operation {
  return disguise(original, function (this: unknown, ...args) {
    const access = currentTracking()?.begin(by);
    const place = args.findLastIndex((arg) => typeof arg === 'function');
    if (access === undefined || place < 0) return Reflect.apply(original, this, args);
    const callback = args[place] as Operation;
    let around: Around | undefined;
    try {
      around = watch(access, args.slice(0, place), this);
    } catch (error) {
      process.nextTick(callback, error);
      return undefined;
    }
    if (around === undefined) return Reflect.apply(original, this, args);
    const { args: given = args.slice(0, place), steps } = around;
    const told = answering(around, steps === undefined ? callback : outward(callback));
    const start = (): unknown => Reflect.apply(original, this, [...given, told]);
    return steps === undefined ? start() : within(access.origin(steps), start);
  });
}

function answering({ done, failed }: Around, callback: Operation): Operation {
  return function (this: unknown, ...told) {
    const [error, result] = told;
    if (error !== null && error !== undefined) failed?.(error);
    else if (done !== undefined) {
      try {
        told[1] = done(result);
      } catch (thrown) {
        return Reflect.apply(callback, this, [thrown]);
      }
    }
    return Reflect.apply(callback, this, told);
  };
}

/** Gives a function everything that hangs on another: its name, length, `util.promisify.custom`. */
export function disguise(original: Operation, watched: Operation): Operation {
  const { prototype: _, ...own } = Object.getOwnPropertyDescriptors(original) as Record<
    PropertyKey,
    PropertyDescriptor
  >;
  return Object.defineProperties(watched, own);
}
