import type { Change, CodePart } from '@skein/model';
import type { Digest } from '@skein/values';
import {
  type PackageMembers,
  type PackagePart,
  packageChanges,
  withoutRepeated,
} from './package-changes.ts';

/**
 * What differs between what a task's code digest covered before and what it covers now: in the
 * order of the digest, what is gone last. What only follows from another difference is left out:
 * an edited statement also changes the setting that says in which order statements run. Without
 * `membersOf` a package is told for all that it depends on.
 */
export function manifestChanges(
  before: readonly CodePart[],
  now: readonly CodePart[],
  membersOf: PackageMembers = () => undefined,
): readonly Change[] {
  const gone = without(before, now);
  const byName = new Map<string, CodePart[]>();
  for (const part of gone) {
    const others = byName.get(nameOf(part));
    if (others === undefined) byName.set(nameOf(part), [part]);
    else others.push(part);
  }
  const changes = without(now, before).flatMap((after): readonly Change[] => {
    const old = byName.get(nameOf(after))?.shift();
    const packages =
      isPackage(old) && isPackage(after) ? packageChanges(old, after, membersOf) : undefined;
    return packages ?? [changeOf(after, { before: old, after })];
  });
  for (const part of [...byName.values()].flat()) {
    changes.push(changeOf(part, { before: part, after: undefined }));
  }
  return withoutConsequences(withoutRepeated(changes));
}

function isPackage(part: CodePart | undefined): part is PackagePart {
  return part?.kind === 'package';
}

/** The parts that the other list does not hold, as often as it does not. */
function without(parts: readonly CodePart[], others: readonly CodePart[]): CodePart[] {
  const counts = new Map<string, number>();
  for (const it of others) {
    const text = JSON.stringify(it);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return parts.filter((it) => {
    const text = JSON.stringify(it);
    const count = counts.get(text) ?? 0;
    counts.set(text, count - 1);
    return count <= 0;
  });
}

/** What a part is called: an old and a new one of a name are one difference. */
function nameOf(part: CodePart): string {
  switch (part.kind) {
    case 'symbol':
      return `symbol ${part.module}#${part.name}`;
    case 'effect':
    case 'data':
      return `${part.kind} ${part.module}`;
    case 'module':
      return `module ${part.module} ${part.reason}`;
    case 'package':
    case 'setting':
      return `${part.kind} ${part.name}`;
    case 'task':
    case 'forward':
      return `${part.kind} ${part.id}`;
  }
}

/** An old and a new part of one name, or one of them. */
interface Pair {
  readonly before: CodePart | undefined;
  readonly after: CodePart | undefined;
}

function changeOf(part: CodePart, pair: Pair): Change {
  switch (part.kind) {
    case 'symbol':
      return { kind: 'symbol', module: part.module, name: part.name, ...sides(pair, digestIn) };
    case 'effect':
    case 'data':
    case 'module':
      return { kind: part.kind, module: part.module, ...sides(pair, digestIn) };
    case 'package':
      return { kind: 'package', name: part.name, ...sides(pair, versionIn) };
    case 'setting':
      return { kind: 'setting', name: part.name, ...sides(pair, valueIn) };
    case 'task':
      return { kind: 'task', id: part.id, ...sides(pair, () => true as const) };
    case 'forward':
      return { kind: 'forward', id: part.id, ...sides(pair, digestIn) };
  }
}

function sides<T>({ before, after }: Pair, of: (part: CodePart) => T) {
  return {
    ...(before === undefined ? {} : { before: of(before) }),
    ...(after === undefined ? {} : { after: of(after) }),
  };
}

function digestIn(part: CodePart): Digest {
  if (!('digest' in part)) throw new Error(`a part of kind "${part.kind}" has no digest`);
  return part.digest;
}

function versionIn(part: CodePart): string {
  return 'version' in part ? part.version : '';
}

function valueIn(part: CodePart): string {
  return 'value' in part ? part.value : '';
}

const ORDER = 'order of evaluation';

/**
 * The order's digest covers those of the statements, and a module's that of what is in it: where
 * one of these is named, the reader learns nothing from the digest that follows.
 */
function withoutConsequences(changes: readonly Change[]): readonly Change[] {
  const edited = changes.flatMap((it) =>
    it.kind === 'symbol' || it.kind === 'effect' ? it.module : [],
  );
  const modules = new Set(edited);
  return changes.filter((it) => {
    if (it.kind === 'setting') return it.name !== ORDER || edited.length === 0;
    return it.kind !== 'module' || !modules.has(it.module);
  });
}
