import { digestOf } from '@skein/values';
import { type FieldChange, type KeyBase, fieldChanges, platformChanges } from '@skein/engine';
import type { Change, KeyManifest } from '@skein/model';
import type { Signature, Variant } from './last-executions.ts';
import { manifestChanges } from './manifest-changes.ts';
import type { PackageMembers } from './package-changes.ts';

/** How two keys of a task differ, whatever it is called with; empty: they do not. */
export function keyChanges(
  before: Variant,
  now: Variant,
  membersOf: PackageMembers,
): readonly Change[] {
  const fields = fieldChanges(manifestOf(before), manifestOf(now));
  const changes = fields.flatMap((field) => changesOf(field, { before, now, membersOf }));
  // What its parameters are called follows from an edit that is told.
  const isEdited = fields.some(({ field }) => field === 'code');
  return isEdited ? changes : [...changes, ...parameterChanges(before.signature, now.signature)];
}

/** Whatever a task is called with: its inputs differ by their names and by whether they count. */
const ANY = digestOf('inputs', 'any');

function manifestOf({ base, signature }: Variant): KeyManifest {
  const { parameters, ignored } = signature;
  const inputs = parameters.map((name) => ({ name, digest: ANY, ignored: ignored.includes(name) }));
  return { ...base, inputs };
}

function parameterChanges(before: Signature, now: Signature): readonly Change[] {
  const count = Math.max(before.parameters.length, now.parameters.length);
  return Array.from({ length: count }, (_, index): readonly Change[] => {
    const [old, own] = [before.parameters[index], now.parameters[index]];
    if (old === own) return [];
    const sides = {
      ...(old === undefined ? {} : { before: old }),
      ...(own === undefined ? {} : { after: own }),
    };
    return [{ kind: 'parameter', ...sides }];
  }).flat();
}

const VARIABLE = 'variable ';
const INPUT = 'input ';
const PROGRAM = 'program ';

interface Variants {
  readonly before: Variant;
  readonly now: Variant;
  readonly membersOf: PackageMembers;
}

function changesOf(field: FieldChange, variants: Variants): readonly Change[] {
  const { before, now } = variants;
  const { field: name, ...sides } = field;
  if (name.startsWith(PROGRAM)) return programChanges(before.base, now.base);
  if (name.startsWith(INPUT)) return countedChange(name.slice(INPUT.length), sides);
  if (name.startsWith(VARIABLE)) return [variableChange(name.slice(VARIABLE.length), sides)];
  switch (name) {
    case 'code':
      return codeChanges(field, variants);
    case 'platform':
      return platformChanges(before.base.platform, now.base.platform);
    case 'version':
    case 'salt':
      return [{ kind: name, name, ...quoted(sides) }];
    case 'format':
      return [{ kind: name, name, ...sides }];
    default:
      return [{ kind: 'setting', name, ...sides }];
  }
}

type Sides = Omit<FieldChange, 'field'>;

/** Names that only one side has are told of where they stand. */
function countedChange(name: string, { before, after }: Sides): readonly Change[] {
  if (before === undefined || after === undefined) return [];
  return [{ kind: 'counted', name, before: before === ANY }];
}

const NOT_SET = 'not set';

/** A variable that is not set is none; where it is none on either side, its declaration is new. */
function variableChange(name: string, sides: Sides): Change {
  const before = sides.before === NOT_SET ? undefined : sides.before;
  const after = sides.after === NOT_SET ? undefined : sides.after;
  if (before === undefined && after === undefined) {
    return { kind: 'declared', name, before: sides.before !== undefined };
  }
  return {
    kind: 'variable',
    name,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function quoted({ before, after }: Sides): Sides {
  return {
    ...(before === undefined ? {} : { before: JSON.stringify(before) }),
    ...(after === undefined ? {} : { after: JSON.stringify(after) }),
  };
}

/** Where a version took the code's place, or gave it back, the version is what is told. */
function codeChanges(field: FieldChange, variants: Variants): readonly Change[] {
  if (field.before === undefined || field.after === undefined) return [];
  const { before, now, membersOf } = variants;
  const changes = manifestChanges(before.parts, now.parts, membersOf);
  return changes.length > 0 ? changes : [{ kind: 'setting', name: 'code' }];
}

/** An image brings its programs along: they count by its digest, and the move is told (Q6). */
function programChanges(old: KeyBase, fresh: KeyBase): readonly Change[] {
  if ('os' in old.platform !== 'os' in fresh.platform) return [];
  const [was, is] = [old.program, fresh.program];
  const name = is?.name ?? was?.name;
  // Under another name it is another command, which the code tells.
  if (name === undefined || (was !== undefined && is !== undefined && was.name !== is.name)) {
    return [];
  }
  const before = was?.digest ?? undefined;
  const after = is?.digest ?? undefined;
  const sides = {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
  return [{ kind: 'program', name, ...sides }];
}
