import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import type { PreparedTask } from './prepare.ts';

const terms = new WeakMap<PreparedTask, Digest>();

/**
 * Digest of all that a task's keys cover besides the digests of inputs: its prefix, with code or
 * version, salt, variables and platform, and how inputs are named, counted and ignored. Equal
 * terms: the same inputs have the same key.
 */
export function termsOf(task: PreparedTask): Digest {
  let digest = terms.get(task);
  if (digest === undefined) {
    const { parameters, rest, ignored } = task;
    const naming = JSON.stringify([parameters, rest, [...ignored].toSorted()]);
    digest = digestOf('manifest', `${task.prefix}\n${naming}`);
    terms.set(task, digest);
  }
  return digest;
}
