import type { Impurity } from '@skein/model';

/** `clock: Date.now() at src/main.ts:4:7`. */
export function describeImpurity({ kind, what, at }: Impurity): string {
  return `${kind}: ${what}${at === undefined ? '' : ` at ${at}`}`;
}
