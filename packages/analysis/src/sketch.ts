import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import type { KnownModule } from './resolve-names.ts';
import type { ModuleSummary, Value } from './summary.ts';

/**
 * Everything of a module that decides what the names of other modules mean: what it exports, where
 * its imports lead, and the kinds of what can be reached by these names. What functions say inside
 * is no part of it.
 */
export function surfaceOf({ summary, imports: targets, globs }: KnownModule): Digest {
  const { commonjs, imports, exports, items, tasks } = summary;
  const visible = visibleNames(summary);
  const seen = items.filter((it) => [...it.names, ...it.adds].some((name) => visible.has(name)));
  const sketch = [
    commonjs,
    [...targets],
    globs,
    imports,
    exports,
    seen.map((it) => [it.names, it.adds, sketchValue(it.value)]),
    tasks.map((it) => [it.name, it.optionalSecond]),
  ];
  return digestOf('symbol', JSON.stringify(sketch));
}

/** Everything of a module that decides whether evaluating code of other modules has effects. */
export function proofsOf(summary: ModuleSummary): Digest {
  const values = summary.items.map((it) => [it.names, it.adds, it.value]);
  return digestOf('symbol', JSON.stringify(values));
}

/** Everything of a module that decides what its tasks and others' may keep and change. */
export function conductOf({ items }: ModuleSummary): Digest {
  const sketch = items.map(({ names, adds, conduct, root, options, ...code }) => [
    names,
    adds,
    conduct,
    ...[code, root, options].map((it) => it && [it.references, it.requests, it.whole]),
    code.value,
    code.computedImport,
  ]);
  return digestOf('symbol', JSON.stringify(sketch));
}

/** Exported names, and those that one has to look at to say what these are. */
function visibleNames({ exports, items }: ModuleSummary): Set<string> {
  const visible = new Set(exports.flatMap((it) => (it.kind === 'local' ? [it.local] : [])));
  for (const name of visible) {
    for (const it of items) if (it.names.includes(name)) addBehind(visible, it.value);
  }
  return visible;
}

function addBehind(names: Set<string>, value: Value): void {
  if (value.kind === 'alias') names.add(value.name);
  if (value.kind === 'result') names.add(value.callee);
  if (value.kind === 'task' && value.environment !== null) names.add(value.environment);
  if (value.kind === 'class' && value.base !== null) names.add(value.base);
}

function sketchValue(value: Value): readonly unknown[] {
  switch (value.kind) {
    case 'function':
      return [value.kind, value.environment];
    case 'class':
      return [value.kind, value.base];
    case 'result':
      return [value.kind, value.callee];
    case 'task':
      return [value.kind, value.environment, value.command];
    case 'alias':
      return [value.kind, value.name];
    default:
      return [value.kind];
  }
}
