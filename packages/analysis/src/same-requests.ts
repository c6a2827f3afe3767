import { importKey } from './graph.ts';
import type { KeptSources } from './link-record.ts';
import type { KeptSource } from './record.ts';
import type { ImportBinding, ModuleSummary } from './summary.ts';

/**
 * Whether the imports of an edited module lead where they led, and nothing that is imported can be
 * missing: then its graph needs no new resolution.
 */
export function asksTheSame(old: KeptSource, now: ModuleSummary, kept: KeptSources): boolean {
  const before = old.summary;
  const computes = [before, now].some((it) => it.items.some((item) => item.computedImport));
  if (computes || before.commonjs !== now.commonjs) return false;
  const asked = (it: ModuleSummary) => JSON.stringify([it.requested, it.exports]);
  if (asked(before) !== asked(now)) return false;
  const known = new Set(before.imports.map(textOf));
  return now.imports.every((it) => known.has(textOf(it)) || isThere(it, old, kept));
}

/** By what is asked for, not by what it is called here. */
function textOf({ specifier, imported }: ImportBinding): string {
  return JSON.stringify([specifier, imported]);
}

/** Only what is certain without following `export *`: esbuild has the last word on the rest. */
function isThere({ specifier, imported }: ImportBinding, from: KeptSource, kept: KeptSources) {
  const target = new Map(from.imports).get(importKey(specifier, false));
  if (target === undefined) return false;
  if (target.kind === 'package' || target.kind === 'built-in' || target.kind === 'skein')
    return true;
  if (target.kind !== 'module') return false;
  const { exports, commonjs } = kept.find(target.path)?.summary ?? { exports: [], commonjs: true };
  if (commonjs) return false;
  if (imported === '*') return true;
  return exports.some((it) => it.kind !== 'star' && it.exported === imported);
}
