import type { ErrorOutcome, Fault, ThrownRecord } from '@skein/model';
import { decodeThrown, encodeThrown } from '@skein/sdk';

/** What an error of Skein's own is made of. `class` is its name among the SDK's exports. */
export interface EngineError {
  readonly class: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly fault: Exclude<Fault, 'author'>;
  readonly cause?: ErrorOutcome | undefined;
}

/** An outcome in the very form a worker gives the author's errors (X7). */
export function errorOutcome(error: EngineError): ErrorOutcome {
  const { bytes, digest } = encodeThrown({
    kind: 'error',
    error: {
      class: `skein#${error.class}`,
      name: error.class,
      message: error.message,
      fields: error.fields ?? {},
      stack: '',
      ...(error.cause !== undefined && { cause: causeOf(error.cause) }),
    },
  });
  return { kind: 'error', digest, bytes, fault: error.fault };
}

/** Without what it holds: that may be files, which are somebody else's to keep. */
function causeOf({ bytes }: ErrorOutcome): ThrownRecord {
  const thrown = decodeThrown(bytes);
  if (thrown.kind !== 'error') return { kind: 'value', value: 'what the last attempt threw' };
  const { class: ofClass, name, message, stack } = thrown.error;
  return { kind: 'error', error: { class: ofClass, name, message, fields: {}, stack } };
}

/** What a call ends in that was cancelled by itself, with its caller, or with the run (X5). */
export function cancelledOutcome(): ErrorOutcome {
  return errorOutcome({
    class: 'CancelledError',
    message: 'the call was cancelled',
    fault: 'cancelled',
  });
}
