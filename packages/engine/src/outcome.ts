import { digestOf, encode } from '@skein/values';
import type { ErrorOutcome, ErrorRecord, Fault, ThrownRecord } from '@skein/model';

/** What an error of Skein's own is made of. `class` is its name among the SDK's exports. */
export interface EngineError {
  readonly class: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly fault: Exclude<Fault, 'author'>;
}

/** An outcome in the very form a worker gives the author's errors (X7). */
export function errorOutcome(error: EngineError): ErrorOutcome {
  const record: ErrorRecord = {
    class: `skein#${error.class}`,
    name: error.class,
    message: error.message,
    fields: error.fields ?? {},
    stack: '',
  };
  const thrown: ThrownRecord = { kind: 'error', error: record };
  const bytes = encode(thrown);
  return { kind: 'error', digest: digestOf('value', bytes), bytes, fault: error.fault };
}
