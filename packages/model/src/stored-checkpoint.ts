import type { CheckpointId, Observed, RecordedCheckpoint, SavedSnapshot } from './checkpoint.ts';
import type { Impurity } from './observation.ts';
import {
  StoredFormError,
  mustDigest,
  mustList,
  mustNumber,
  mustRecord,
  mustText,
  storeDigest,
} from './stored-form.ts';
import type { Stored } from './stored-form.ts';
import { readPrefix, storePrefix } from './stored-log.ts';
import { readOutcome, storeOutcome } from './stored-outcome.ts';
import { readWaves, storeWaves } from './stored-wave.ts';

/** `[waves, log, impurities, untraceable | null]`. */
function storeObserved({ waves, log, impurities, untraceable }: Observed): Stored {
  return [storeWaves(waves), storePrefix(log), impurities, untraceable ?? null];
}

function readObserved(stored: unknown): Observed {
  const [waves, log, impurities, untraceable] = mustList(stored);
  return {
    waves: readWaves(waves),
    log: readPrefix(log),
    impurities: mustList(impurities).map((one) => mustRecord(one) as unknown as Impurity),
    ...(untraceable === null ? {} : { untraceable: mustText(untraceable) }),
  };
}

/** `[checkpoint, args, count, code, outcome, observed]`. */
export function storeCheckpoint(record: RecordedCheckpoint): Stored {
  const { checkpoint, args, count, code, outcome, observed } = record;
  return [
    checkpoint,
    storeDigest(args),
    count,
    storeDigest(code),
    storeOutcome(outcome),
    storeObserved(observed),
  ];
}

/** Throws a `StoredFormError` where the form is not ours. */
export function readCheckpoint(stored: unknown): RecordedCheckpoint {
  const [checkpoint, args, count, code, outcome, observed] = mustList(stored);
  return {
    checkpoint: mustText(checkpoint) as CheckpointId,
    args: mustDigest(args),
    count: mustNumber(count),
    code: mustDigest(code),
    outcome: readOutcome(outcome),
    observed: readObserved(observed),
  };
}

/** `[value, observed]`. */
export function storeSnapshot({ value, observed }: SavedSnapshot): Stored {
  return [storeOutcome(value), storeObserved(observed)];
}

/** Throws a `StoredFormError` where the form is not ours. */
export function readSnapshot(stored: unknown): SavedSnapshot {
  const [value, observed] = mustList(stored);
  const outcome = readOutcome(value);
  if (outcome.kind === 'error') throw new StoredFormError('a snapshot is no error');
  return { value: outcome, observed: readObserved(observed) };
}
