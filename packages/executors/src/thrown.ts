import { EncodingError, encodeThrown, NonRecoverableError, recordError } from '@skein/sdk';
import type { ErrorOutcome, ErrorRecord, Fault, ThrownRecord } from '@skein/model';
import type { Services } from './services.ts';

/** What a task threw, as an outcome (X7). */
export function thrownOutcome(thrown: unknown, fault: Fault, services: Services): ErrorOutcome {
  const record = placed(recordError(thrown, services.registry), services);
  const outcome = { kind: 'error', ...encodeThrown(record), fault } as const;
  return thrown instanceof NonRecoverableError ? { ...outcome, unrecoverable: true } : outcome;
}

/** A value that cannot leave is the author's doing, but no failure of the task's own (V2). */
export function faultOfResult(thrown: unknown): Fault {
  return thrown instanceof EncodingError ? 'encoding' : 'author';
}

/** Stacks name files from the workspace root, so they read alike in every checkout. */
function placed(record: ThrownRecord, services: Services): ThrownRecord {
  if (record.kind === 'value') return record;
  const { cause, errors, stack, ...rest } = record.error;
  const error: ErrorRecord = {
    ...rest,
    ...(cause !== undefined && { cause: placed(cause, services) }),
    ...(errors !== undefined && { errors: errors.map((member) => placed(member, services)) }),
    stack: services.secrets.mask(placeStack(stack, services.root)),
  };
  return { kind: 'error', error };
}

/** A bundle's map names sources from the workspace root, so they seem to lie beside the bundle. */
const BESIDE_BUNDLE = /(?<=[ (])[^()]*?\/bundles\/[0-9a-f]{64}-[0-9a-f]{12}\//g;

/** Paths of the author's files become relative to the root, whether they stand as paths or URLs. */
export function placeStack(stack: string, root: string): string {
  const folder = root.replaceAll('\\', '/').replace(/\/*$/, '/');
  const path = folder.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const below = new RegExp(`(?<=[ (])(?:file://)?/?${path}`, 'g');
  return stack.replaceAll(BESIDE_BUNDLE, '').replaceAll(below, '');
}
