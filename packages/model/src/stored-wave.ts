import { packDigests } from '@skein/values';
import type { Observation, StatAspect, Wave } from './observation.ts';
import type { TaskId } from './task.ts';
import {
  StoredFormError,
  mustBoolean,
  mustBytes,
  mustDigest,
  mustDigestOrNull,
  mustDigests,
  mustList,
  mustMember,
  mustNumber,
  mustText,
  storeDigest,
} from './stored-form.ts';
import type { Stored } from './stored-form.ts';

const FILE = 0;
const LISTING = 1;
const VARIABLE = 2;
const MODULE = 3;
const CALL = 4;
const MAP = 5;
const STAT = 6;

/** Stored as their index: only ever add at the end. */
const ASPECTS: readonly StatAspect[] = ['exists', 'stat', 'lstat', 'link', 'real', 'mode'];

/** A list of waves, each a list of observations, each its kind's number and its fields in order. */
export function storeWaves(waves: readonly Wave[]): Stored {
  return waves.map((wave) => wave.map(storeObservation));
}

/** Throws a `StoredFormError` where the form is not ours. */
export function readWaves(stored: unknown): readonly Wave[] {
  return mustList(stored).map((wave) => mustList(wave).map(readObservation));
}

function storeObservation(seen: Observation): Stored {
  switch (seen.kind) {
    case 'file':
      return [FILE, seen.path, storeDigest(seen.digest)];
    case 'listing':
      return [LISTING, seen.path, storeDigest(seen.digest)];
    case 'stat':
      return [STAT, seen.path, ASPECTS.indexOf(seen.aspect), storeDigest(seen.digest)];
    case 'variable':
      return [VARIABLE, seen.name, storeDigest(seen.digest)];
    case 'module':
      return [MODULE, seen.specifier, seen.from, storeDigest(seen.digest)];
    case 'call': {
      const { task, inputs, outcome, count, override } = seen;
      return [CALL, task, packDigests(inputs), storeDigest(outcome), count, override ?? null];
    }
    case 'map': {
      const { task, inputs, outcomes, concurrency, settled, override } = seen;
      return [MAP, task, inputs, outcomes, concurrency, settled, override ?? null];
    }
  }
}

function readObservation(stored: unknown): Observation {
  const fields = mustList(stored);
  const [kind, first, second, third, fourth, fifth, sixth] = fields;
  switch (kind) {
    case FILE:
      return { kind: 'file', path: mustText(first), digest: mustDigestOrNull(second) };
    case LISTING:
      return { kind: 'listing', path: mustText(first), digest: mustDigestOrNull(second) };
    case VARIABLE:
      return { kind: 'variable', name: mustText(first), digest: mustDigestOrNull(second) };
    case MODULE:
      return {
        kind: 'module',
        specifier: mustText(first),
        from: mustText(second),
        digest: mustDigestOrNull(third),
      };
    case CALL:
      return {
        kind: 'call',
        task: mustText(first) as TaskId,
        inputs: mustDigests(second),
        outcome: mustDigest(third),
        count: mustNumber(fourth),
        ...overrideOf(fifth),
      };
    case STAT:
      return {
        kind: 'stat',
        path: mustText(first),
        aspect: mustMember(ASPECTS, second),
        digest: mustDigestOrNull(third),
      };
    case MAP:
      return {
        kind: 'map',
        task: mustText(first) as TaskId,
        inputs: mustBytes(second),
        outcomes: mustBytes(third),
        concurrency: mustNumber(fourth),
        settled: mustBoolean(fifth),
        ...overrideOf(sixth),
      };
    default:
      throw new StoredFormError('an unknown observation');
  }
}

function overrideOf(stored: unknown): { readonly override?: Uint8Array } {
  return stored === null ? {} : { override: mustBytes(stored) };
}
