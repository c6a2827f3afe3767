import { digestOf, encode } from '@skein/values';
import type { LogChunk, LogPrefix } from './log.ts';
import type { Observation } from './observation.ts';
import { mustDigest, mustList, mustNumber, storeDigest } from './stored-form.ts';
import type { Stored } from './stored-form.ts';
import { readWaves, storeWaves } from './stored-wave.ts';

/** Adds observations to the end of a log; the digest is that of the chunk's stored form. */
export function chunkAfter(
  previous: LogPrefix | null,
  observations: readonly Observation[],
): LogChunk {
  const length = (previous?.length ?? 0) + observations.length;
  const digest = digestOf('log', encode(storeBody(previous, observations)));
  return { previous, length, observations, digest };
}

/** `[previous | null, [observation, …]]`, where a prefix is `[length, digest]`. */
export function storeChunk({ previous, observations }: LogChunk): Stored {
  return storeBody(previous, observations);
}

/** Throws a `StoredFormError` where the form is not ours. The digest is computed, not believed. */
export function readChunk(stored: unknown): LogChunk {
  const [previous, observations] = mustList(stored);
  const [wave = []] = readWaves([observations]);
  return chunkAfter(readPrefix(previous), wave);
}

export function storePrefix(prefix: LogPrefix | null): Stored | null {
  return prefix === null ? null : [prefix.length, storeDigest(prefix.digest)];
}

export function readPrefix(stored: unknown): LogPrefix | null {
  if (stored === null || stored === undefined) return null;
  const [length, digest] = mustList(stored);
  return { length: mustNumber(length), digest: mustDigest(digest) };
}

function storeBody(previous: LogPrefix | null, observations: readonly Observation[]): Stored {
  const [wave] = storeWaves([observations]);
  return [storePrefix(previous), wave];
}
