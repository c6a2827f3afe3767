/** Where in a source file: 1-based line and column, workspace-relative path. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** Length of the underlined part, in characters. */
  readonly length: number;
  /** The source line, for the squiggle. */
  readonly source: string;
}

/** Who has to act: the pipeline's author or caller (exit 2), or nobody did anything wrong. */
export type FailureKind = 'usage' | 'diagnostic' | 'environment' | 'warning';

/**
 * An expected failure: a value with a stable code, never a throw. Written for a person as
 * headline, aligned facts, one hint.
 */
export interface Failure {
  readonly code: FailureCode;
  readonly kind: FailureKind;
  readonly headline: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly hint?: string;
  readonly place?: Place;
}

export type FailureCode =
  | 'adopted-bytes-missing'
  | 'action-not-found'
  | 'artifact-invalid'
  | 'bundle-failed'
  | 'call-in-checkpoint'
  | 'call-outside-action'
  | 'checkpoint-captures'
  | 'checkpoint-in-function'
  | 'checkpoint-unnamed'
  | 'code-differs'
  | 'code-moved'
  | 'container-engine'
  | 'container-failed'
  | 'container-leftover'
  | 'content-missing'
  | 'config-invalid'
  | 'cyclic-call'
  | 'dir-entry-refused'
  | 'disk-full'
  | 'duplicate-task'
  | 'encoding-failed'
  | 'entry-not-found'
  | 'exceeds-capacity'
  | 'flag-unknown'
  | 'flag-value'
  | 'forced-admission'
  | 'git-failed'
  | 'image-not-applied'
  | 'image-build'
  | 'image-lock'
  | 'image-missing'
  | 'image-not-found'
  | 'image-registry'
  | 'impure'
  | 'input-invalid'
  | 'input-missing'
  | 'lineage-not-found'
  | 'lockfile-differs'
  | 'map-second-parameter'
  | 'module-not-found'
  | 'node-too-old'
  | 'option-invalid'
  | 'option-not-honoured'
  | 'record-missing'
  | 'remote-failed'
  | 'remote-not-signed'
  | 'remote-off'
  | 'remote-pending'
  | 'remote-plain-http'
  | 'remote-refused'
  | 'server-address'
  | 'server-data'
  | 'run-not-found'
  | 'run-still-running'
  | 'state-corrupt'
  | 'state-in-use'
  | 'state-migrated'
  | 'state-newer'
  | 'state-unwritable'
  | 'summary-unwritten'
  | 'syntax-error'
  | 'task-in-function'
  | 'task-load-failed'
  | 'task-not-found'
  | 'task-unnamed'
  | 'token-invalid'
  | 'token-not-found'
  | 'writer-not-found'
  | 'undeclared-write'
  | 'usage'
  | 'worker-lost';

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T>(failure: Failure): Result<T> {
  return { ok: false, failure };
}

/** Carries a `Failure` through promise chains where a value cannot travel. */
export class FailureError extends Error {
  override readonly name = 'FailureError';
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.headline);
    this.failure = failure;
  }
}
