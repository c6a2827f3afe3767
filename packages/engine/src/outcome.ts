import type { ErrorOutcome, Fault } from '@skein/model';
import { encodeThrown } from '@skein/sdk';

/** What an error of Skein's own is made of. `class` is its name among the SDK's exports. */
export interface EngineError {
  readonly class: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly fault: Exclude<Fault, 'author'>;
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
    },
  });
  return { kind: 'error', digest, bytes, fault: error.fault };
}

/** What a call ends in that was cancelled by itself, with its caller, or with the run (X5). */
export function cancelledOutcome(): ErrorOutcome {
  return errorOutcome({
    class: 'CancelledError',
    message: 'the call was cancelled',
    fault: 'cancelled',
  });
}
