import type { ErrorOutcome, Fault, Outcome, ResultOutcome, ValueBytes } from './outcome.ts';
import {
  StoredFormError,
  mustBytes,
  mustDigest,
  mustList,
  mustMember,
  storeDigest,
} from './stored-form.ts';
import type { Stored } from './stored-form.ts';

/** Stored as their index: only ever add at the end. */
const FAULTS: readonly Fault[] = [
  'author',
  'timeout',
  'cancelled',
  'lost',
  'memory',
  'capacity',
  'encoding',
  'usage',
  'disk',
];

const RESULT = 0;
const ERROR = 1;

/**
 * `[0, digest, inline bytes | null, artifact of the value | null, artifact | null, files | null]`
 * or `[1, digest, bytes, fault, unrecoverable]`.
 */
export function storeOutcome(outcome: Outcome): Stored {
  const digest = storeDigest(outcome.digest);
  if (outcome.kind === 'error') {
    const { bytes, fault, unrecoverable } = outcome;
    return [ERROR, digest, bytes, FAULTS.indexOf(fault), unrecoverable === true];
  }
  const { value, artifact, files } = outcome;
  return [
    RESULT,
    digest,
    value.at === 'inline' ? value.bytes : null,
    value.at === 'artifact' ? storeDigest(value.artifact) : null,
    artifact === undefined ? null : storeDigest(artifact),
    files ?? null,
  ];
}

/** Throws a `StoredFormError` where the form is not ours. */
export function readOutcome(stored: unknown): Outcome {
  const fields = mustList(stored);
  if (fields[0] === RESULT) return readResult(fields);
  if (fields[0] === ERROR) return readError(fields);
  throw new StoredFormError('an unknown outcome');
}

function readResult([, digest, inline, valueArtifact, artifact, files]: Stored): ResultOutcome {
  const value: ValueBytes =
    inline === null
      ? { at: 'artifact', artifact: mustDigest(valueArtifact) }
      : { at: 'inline', bytes: mustBytes(inline) };
  return {
    kind: 'result',
    digest: mustDigest(digest),
    value,
    ...(artifact === null ? {} : { artifact: mustDigest(artifact) }),
    ...(files === null ? {} : { files: mustBytes(files) }),
  };
}

function readError([, digest, bytes, fault, unrecoverable]: Stored): ErrorOutcome {
  return {
    kind: 'error',
    digest: mustDigest(digest),
    bytes: mustBytes(bytes),
    fault: mustMember(FAULTS, fault),
    ...(unrecoverable === true ? { unrecoverable } : {}),
  };
}
