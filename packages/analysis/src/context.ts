import type { Keeper } from './keep.ts';
import type { Packages } from './packages.ts';

/** What every step of one analysis shares. */
export interface AnalysisContext {
  /** Real path of the workspace root. */
  readonly root: string;
  /** Entry module, relative to the root. */
  readonly entry: string;
  readonly target: string;
  /** Tools, schema and target: what kept results are only valid for (C7). */
  readonly key: string;
  readonly state: string;
  readonly keeper: Keeper;
  readonly packages: Packages;
  readonly now: () => number;
  /** Sorted, each once. */
  readonly passThrough: readonly string[];
}

export function recordName(context: AnalysisContext, what: 'record' | 'list' | 'edits'): string {
  const plain = context.entry.replace(/[^A-Za-z0-9.-]+/g, '_').slice(-60);
  const hash = Buffer.from(`${context.entry}\n${context.target}`, 'utf8').toString('hex');
  return `entries/${plain}-${shorten(hash)}/${what}.json`;
}

/** Keeps names of entries apart that look alike; no digest is needed for that. */
function shorten(hex: string): string {
  let sum = 0n;
  for (const digit of hex) sum = (sum * 31n + BigInt(digit.charCodeAt(0))) % 0xffff_ffff_ffffn;
  return sum.toString(36);
}
