import type { Failure } from '@skein/model';
import { byPlace } from './diagnose.ts';
import type { KeptFacts } from './kept-facts.ts';
import type { AnalysisRecord } from './record.ts';

/** A finished analysis, or everything that is wrong with the code. */
export type Derived =
  | { readonly ok: true; readonly record: AnalysisRecord; readonly facts: KeptFacts }
  | { readonly ok: false; readonly failures: readonly [Failure, ...Failure[]] };

/** Failures in the order of their places. */
export function failed(failures: readonly Failure[]): Derived & { ok: false } {
  const [first, ...others] = [...failures].sort(byPlace);
  if (first === undefined) throw new Error('a failed analysis without a failure');
  return { ok: false, failures: [first, ...others] };
}
