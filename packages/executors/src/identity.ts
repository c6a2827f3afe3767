import { digestOf } from '@skein/values';
import { subjectOf } from '@skein/model';
import type { Observation, PlainObservation } from '@skein/model';

/** As a person would name it. */
export function describeSubject(seen: PlainObservation): string {
  if (seen.kind === 'variable') return seen.name;
  return seen.kind === 'module' ? seen.specifier : seen.path;
}

/** Equal for observations that say the same: the second of them adds nothing to a log. */
export function identityOf(seen: Observation): string {
  if (seen.kind === 'call') {
    const { task, inputs, outcome, override } = seen;
    return `call ${task} ${inputs.join(' ')} ${outcome} ${keyOfBytes(override)}`;
  }
  if (seen.kind === 'map') {
    const { task, inputs, outcomes, concurrency, settled, override } = seen;
    const bytes = [inputs, outcomes, override].map(keyOfBytes).join(' ');
    return `map ${task} ${concurrency} ${settled} ${bytes}`;
  }
  return `${subjectOf(seen)}\0${seen.digest}`;
}

function keyOfBytes(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '-' : digestOf('observation', bytes);
}
