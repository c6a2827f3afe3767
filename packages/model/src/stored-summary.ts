import { decode, encode } from '@skein/values';
import type { DeepSummary, SummaryAge, SummaryTask } from './deep-summary.ts';
import type { PlainObservation } from './observation.ts';
import {
  StoredFormError,
  mustBoolean,
  mustBytes,
  mustDigest,
  mustList,
  mustNumber,
  mustText,
  storeDigest,
} from './stored-form.ts';
import type { Stored } from './stored-form.ts';
import { readOutcome, storeOutcome } from './stored-outcome.ts';
import { readWaves, storeWaves } from './stored-wave.ts';
import type { TaskId } from './task.ts';

/** Version of a deep summary's stored form. One of another version is a miss. */
export const SUMMARY_FORMAT = 1;

/** The summary without its key and generation. `docs/formats/summary.md` describes it. */
export function encodeSummary(summary: DeepSummary): Uint8Array {
  const { outcome, root, tasks, observations } = summary;
  return encode([
    SUMMARY_FORMAT,
    storeOutcome(outcome),
    storeAge(root),
    tasks.map(storeTask),
    storeWaves([observations])[0],
  ]);
}

/** `undefined` where the bytes are damaged or of another version (P4). */
export function decodeSummary(body: Uint8Array): DeepSummary | undefined {
  try {
    const fields = mustList(decode(body));
    if (fields[0] !== SUMMARY_FORMAT) return undefined;
    return readSummary(fields);
  } catch {
    return undefined;
  }
}

function readSummary([, outcome, root, tasks, observations]: Stored): DeepSummary {
  const read = readOutcome(outcome);
  if (read.kind !== 'result') throw new StoredFormError('a result was expected');
  const [wave = []] = readWaves([observations]);
  return {
    outcome: read,
    root: readAge(mustList(root)),
    tasks: mustList(tasks).map((task) => readTask(mustList(task))),
    observations: wave.map((seen): PlainObservation => {
      if (seen.kind !== 'call' && seen.kind !== 'map') return seen;
      throw new StoredFormError('a call among plain observations');
    }),
  };
}

function storeAge({ oldestAt, newestAt, impure }: SummaryAge): Stored {
  return [oldestAt, newestAt, impure];
}

function readAge([oldestAt, newestAt, impure]: Stored): SummaryAge {
  return {
    oldestAt: mustNumber(oldestAt),
    newestAt: mustNumber(newestAt),
    impure: mustBoolean(impure),
  };
}

function storeTask(task: SummaryTask): Stored {
  const { task: id, override, terms, actions } = task;
  return [id, override ?? null, storeDigest(terms), actions, storeAge(task)];
}

function readTask([id, override, terms, actions, age]: Stored): SummaryTask {
  return {
    task: mustText(id) as TaskId,
    ...(override === null ? {} : { override: mustBytes(override) }),
    terms: mustDigest(terms),
    actions: mustNumber(actions),
    ...readAge(mustList(age)),
  };
}
