import type {
  CheckpointCall,
  CheckpointId,
  Observed,
  RecordedCheckpoint,
  SavedSnapshot,
} from './checkpoint.ts';
import type { Impurity } from './observation.ts';
import {
  StoredFormError,
  mustBoolean,
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

/** `[value, observed]`, or `[value, observed, [[checkpoint, args, count], …], continues]`. */
export function storeSnapshot({ value, observed, drawn, continues }: SavedSnapshot): Stored {
  const said = [storeOutcome(value), storeObserved(observed)];
  if (drawn === undefined && continues === undefined) return said;
  const draws = (drawn ?? []).map((call) => [call.checkpoint, storeDigest(call.args), call.count]);
  return [...said, draws, continues === true];
}

/** Throws a `StoredFormError` where the form is not ours. */
export function readSnapshot(stored: unknown): SavedSnapshot {
  const [value, observed, draws = [], continues = false] = mustList(stored);
  const outcome = readOutcome(value);
  if (outcome.kind === 'error') throw new StoredFormError('a snapshot is no error');
  const drawn = mustList(draws).map(readCall);
  return {
    value: outcome,
    observed: readObserved(observed),
    ...(drawn.length > 0 && { drawn }),
    ...(mustBoolean(continues) && { continues: true }),
  };
}

function readCall(stored: unknown): CheckpointCall {
  const [checkpoint, args, count] = mustList(stored);
  return {
    checkpoint: mustText(checkpoint) as CheckpointId,
    args: mustDigest(args),
    count: mustNumber(count),
  };
}
