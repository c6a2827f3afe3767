import { dirname } from 'node:path';
import { EncodingError, encodeThrown, NonRecoverableError, recordError } from '@skein/sdk';
import { FailureError } from '@skein/model';
import type { ErrorOutcome, ErrorRecord, Fault, ThrownRecord } from '@skein/model';
import type { BundleLocation } from './executor.ts';
import type { Services } from './services.ts';

/** What a task threw, as an outcome (X7). A failure of ours is nobody's result: no trace. */
export function thrownOutcome(thrown: unknown, fault: Fault, services: Services): ErrorOutcome {
  const record = placed(recordError(thrown, services.registry), services);
  const whose = isInstance(thrown, FailureError) ? 'usage' : fault;
  const outcome = { kind: 'error', ...encodeThrown(record), fault: whose } as const;
  return isInstance(thrown, NonRecoverableError) ? { ...outcome, unrecoverable: true } : outcome;
}

/** `instanceof` for what an author threw: a proxy's traps may throw in turn. */
export function isInstance<T>(
  thrown: unknown,
  Class: abstract new (...args: never[]) => T,
): thrown is T {
  try {
    return thrown instanceof Class;
  } catch {
    return false;
  }
}

/** The machine's trouble, not the author's, wherever it was met. */
export function isFullDisk(error: unknown): error is Error {
  if (isInstance(error, FailureError)) return error.failure.code === 'disk-full';
  return isInstance(error, Error) && ownValue(error, 'code') === 'ENOSPC';
}

/** A getter of the author's is not asked: it may throw, or do anything. */
function ownValue(error: Error, name: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(error, name)?.value;
  } catch {
    return undefined;
  }
}

/** A value that cannot leave is the author's doing, but no failure of the task's own (V2). */
export function faultOfResult(thrown: unknown): Fault {
  return isInstance(thrown, EncodingError) ? 'encoding' : 'author';
}

/**
 * As it leaves the action: stacks name files from the workspace root, so they read alike in every
 * checkout, and secrets are masked wherever they stand (O7).
 */
function placed(record: ThrownRecord, services: Services): ThrownRecord {
  const { secrets } = services;
  if (record.kind === 'value') return { kind: 'value', value: secrets.maskValue(record.value) };
  const { cause, errors, stack, message, fields, ...rest } = record.error;
  const masked = Object.entries(fields).map(([name, value]) => [name, secrets.maskValue(value)]);
  const error: ErrorRecord = {
    ...rest,
    message: secrets.mask(message),
    fields: Object.fromEntries(masked) as ErrorRecord['fields'],
    ...(cause !== undefined && { cause: placed(cause, services) }),
    ...(errors !== undefined && { errors: errors.map((member) => placed(member, services)) }),
    stack: secrets.mask(placeStack(stack, services.sources)),
  };
  return { kind: 'error', error };
}

/**
 * Paths below any of the folders become relative to it, whether they stand as paths or as URLs:
 * below the workspace root, and below the bundle's folder, where its source map puts them.
 */
export function placeStack(stack: string, folders: readonly string[]): string {
  return folders.reduce((text, folder) => {
    const path = folder.replaceAll('\\', '/').replace(/\/*$/, '/');
    const pattern = path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    return text.replaceAll(new RegExp(`(?<=[ (])(?:file://)?/?${pattern}`, 'g'), '');
  }, stack);
}

/** What stands before the path of a source file in the stacks of a bundle. */
export function sourceFolders(bundle: BundleLocation): readonly string[] {
  return [dirname(bundle.path), bundle.root];
}
