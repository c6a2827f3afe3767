import { decode, digestOf, encode, inputDigest, isDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import { readableVariable } from '@skein/executors';
import type { Stamp } from '@skein/model';
import type { TraceStore } from '@skein/store';
import { type StampTable, type World, hostFactDigest, openWorld } from '@skein/tracking';
import type { Opened } from './opened.ts';

/** Kind of the stamps of files. */
export const FILE_STAMP = 'file-stamp';

/** What recorded observations are checked against. `keeps`: stamps of files outlive the run. */
export function worldOf(opened: Opened, { keeps }: { readonly keeps: boolean }): World {
  const { root, clock, environment } = opened;
  const state = opened.copiedFrom ?? opened.state.path;
  const stamps = fileStamps(opened.state.traces, keeps);
  const path = environment['PATH'];
  return openWorld({ root, state, stamps, path, now: clock.now });
}

/** Digest of what a worker reads under this name: a variable, or a fact about the machine (O6). */
export function observedVariable(
  { environment }: Pick<Opened, 'environment'>,
  name: string,
): Digest | null {
  const fact = hostFactDigest(name);
  if (fact !== undefined) return fact;
  const value = readableVariable(environment, name);
  return value === undefined ? null : inputDigest(encode(value));
}

/** Digests of files that are untouched since (C8). */
export function fileStamps(store: Pick<TraceStore, 'keep' | 'kept'>, keeps: boolean): StampTable {
  return {
    read: (path) => {
      const kept = store.kept(FILE_STAMP, stampKey(path));
      return kept === undefined ? undefined : readStamp(kept);
    },
    write: (path, { stamp, digest }) => {
      if (keeps) store.keep(FILE_STAMP, stampKey(path), encode([stamp, digest]));
    },
  };
}

/** Under which key the stamp of a file is kept; `path`: absolute. */
export function stampKey(path: string): Digest {
  return digestOf('observation', path);
}

function readStamp(
  bytes: Uint8Array,
): { readonly stamp: Stamp; readonly digest: Digest } | undefined {
  try {
    const kept = decode(bytes);
    if (!Array.isArray(kept)) return undefined;
    const [stamp, digest] = kept as readonly unknown[];
    if (typeof stamp !== 'string' || !isDigest(digest)) return undefined;
    return { stamp: stamp as Stamp, digest };
  } catch {
    return undefined;
  }
}
