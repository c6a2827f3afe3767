import type { PackageMember } from '@skein/analysis';
import type { Change, CodePart } from '@skein/model';

export type PackagePart = Extract<CodePart, { readonly kind: 'package' }>;

/** What a package's digest covers: itself, then what it depends on; `undefined`: not known. */
export type PackageMembers = (part: PackagePart) => readonly PackageMember[] | undefined;

export type PackageChange = Extract<Change, { readonly kind: 'package' }>;

/**
 * Which of the packages that an imported one stands for are others (C6): itself, or what it
 * depends on. `undefined` where what it stood for is not known.
 */
export function packageChanges(
  before: PackagePart,
  now: PackagePart,
  membersOf: PackageMembers,
): readonly PackageChange[] | undefined {
  const old = membersOf(before);
  const own = membersOf(now);
  if (old === undefined || own === undefined) return undefined;
  const changes = pairs(without(old, own), without(own, old)).map((pair) =>
    changeOf(now.name, pair),
  );
  return changes.length === 0 ? undefined : changes;
}

/** What is imported itself, or needed by several packages, is told once. */
export function withoutRepeated(changes: readonly Change[]): readonly Change[] {
  const told = new Set(
    changes.flatMap((it) => (it.kind === 'package' && !isNeeded(it) ? textOf(it) : [])),
  );
  return changes.filter((it) => {
    if (it.kind !== 'package' || !isNeeded(it)) return true;
    const text = textOf(it);
    if (told.has(text)) return false;
    told.add(text);
    return true;
  });
}

function without(
  members: readonly PackageMember[],
  others: readonly PackageMember[],
): PackageMember[] {
  const known = new Set(others.map(lineOf));
  const own = new Map(members.map((one) => [lineOf(one), one]));
  return [...own].flatMap(([text, one]) => (known.has(text) ? [] : [one]));
}

function lineOf({ name, version, files }: PackageMember): string {
  return `${name} ${version} ${files}`;
}

interface Pair {
  readonly before?: PackageMember;
  readonly after?: PackageMember;
}

/**
 * What became of each. Several copies of a name are told apart by their versions: those of one
 * version belong together first.
 */
function pairs(gone: PackageMember[], fresh: readonly PackageMember[]): readonly Pair[] {
  const isOf = (after: PackageMember) => (one: PackageMember) =>
    one.name === after.name && one.version === after.version;
  const same = new Map(fresh.map((after) => [after, take(gone, isOf(after))]));
  const found = fresh.map((after): Pair => {
    const before = same.get(after) ?? take(gone, ({ name }) => name === after.name);
    return before === undefined ? { after } : { before, after };
  });
  return [...found, ...gone.map((before): Pair => ({ before }))];
}

function take(
  from: PackageMember[],
  isWanted: (one: PackageMember) => boolean,
): PackageMember | undefined {
  const at = from.findIndex(isWanted);
  return at < 0 ? undefined : from.splice(at, 1)[0];
}

function changeOf(imported: string, { before, after }: Pair): PackageChange {
  const name = (after ?? before)?.name ?? imported;
  return {
    kind: 'package',
    name,
    ...(before === undefined ? {} : { before: before.version }),
    ...(after === undefined ? {} : { after: after.version }),
    ...(name === imported ? {} : { neededBy: imported }),
  };
}

function isNeeded({ neededBy }: PackageChange): boolean {
  return neededBy !== undefined;
}

function textOf({ name, before, after }: PackageChange): string {
  return `${name} ${before ?? ''} ${after ?? ''}`;
}
