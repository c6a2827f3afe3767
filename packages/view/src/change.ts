import type { Change, InputChange } from '@skein/model';
import { describeImageChange, shortDigests } from './image.ts';

/** A setting of analysis whose value is a digest, which says nothing to people. */
const ORDER = 'order of evaluation';

/** One difference in what a key covers, as a clause: `src/ngrams.ts#LENGTH changed`. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'symbol':
      return `${change.module}#${change.name} ${became(change)}`;
    case 'effect':
      return `a top-level statement of ${change.module} ${became(change)}`;
    case 'module':
      return `module ${change.module} ${became(change)}`;
    case 'data':
      return `${change.module} ${became(change)}`;
    case 'package':
      return describePackage(change);
    case 'task':
      return `its reference to task ${change.id} ${became(change)}`;
    case 'forward':
      return `the forwarded task ${change.id} ${became(change)}`;
    case 'variable':
      return describeVariable(change.name, change);
    case 'setting':
      return change.name === ORDER
        ? `the ${ORDER} ${became(change)}`
        : `setting ${change.name} ${describeFromTo(change)}`;
    case 'version':
      return describeVersion(change);
    case 'salt':
      return `salt ${describeFromTo(change)}`;
    case 'format':
      return `the format of keys ${describeFromTo(change)}`;
    case 'platform':
      return `${change.name} ${shortDigests(describeFromTo(change))}`;
    case 'image':
      return describeImageChange(change);
    case 'program':
      return `program ${change.name} ${became(change)}`;
    case 'parameter':
      return describeParameter(change);
    case 'counted':
      return `input ${change.name} ${change.before ? 'is ignored now' : 'counts now'}`;
    case 'declared':
      return `variable ${change.name} is declared ${change.before ? 'no more' : 'now'}`;
    case 'input':
      return `input ${describeInput(change)}`;
  }
}

/** `rows[3].text "a" → "b"`. */
export function describeInput(change: InputChange): string {
  return `${change.path} ${describeFromTo(change)}`;
}

/** What several changes are counted by: a declaration by its name, inputs as one. */
export function nameChange(change: Change): string {
  switch (change.kind) {
    case 'symbol':
      return `${change.module}#${change.name}`;
    case 'effect':
      return `a top-level statement of ${change.module}`;
    case 'module':
      return `module ${change.module}`;
    case 'data':
      return change.module;
    case 'package':
      return `package ${change.name}`;
    case 'task':
      return `reference to task ${change.id}`;
    case 'forward':
      return `forwarded task ${change.id}`;
    case 'setting':
    case 'variable':
      return `${change.kind} ${change.name}`;
    case 'version':
    case 'salt':
      return change.kind;
    case 'format':
      return 'format of keys';
    case 'image': {
      const { before, after } = change;
      // Between an image and this machine none has to have changed.
      if ((before?.applied === true) !== (after?.applied === true)) return 'where it runs';
      const name = after?.name ?? before?.name;
      return name === undefined ? 'image' : `image ${name}`;
    }
    case 'program':
      return `program ${change.name}`;
    case 'platform':
      return change.name;
    case 'parameter':
      return `parameter ${change.before ?? change.after}`;
    case 'counted':
      return 'ignored inputs';
    case 'declared':
      return `variable ${change.name}`;
    case 'input':
      return 'inputs';
  }
}

interface Texts {
  readonly before?: string;
  readonly after?: string;
}

interface Sides {
  readonly before?: unknown;
  readonly after?: unknown;
}

/** `changed`, `is new`, `is gone`. */
function became({ before, after }: Sides): string {
  if (before === undefined) return 'is new';
  return after === undefined ? 'is gone' : 'changed';
}

/** `a → b`, `b is new`, `a is gone`. */
export function describeFromTo({ before, after }: Texts): string {
  if (before === undefined) return after === undefined ? 'changed' : `${after} is new`;
  return after === undefined ? `${before} is gone` : `${before} → ${after}`;
}

/** An installed package counts by its files too (C6), so that its version may be the same. */
function describePackage(change: Extract<Change, { readonly kind: 'package' }>): string {
  const { name, before, after, neededBy } = change;
  const needed = neededBy === undefined ? '' : `, which ${neededBy} needs`;
  if (before !== undefined && before === after) {
    return `package ${name} ${before}${needed}: same version, other files`;
  }
  if (neededBy === undefined) return `package ${name} ${describeFromTo(change)}`;
  if (before === undefined) return `package ${name} ${after}${needed}, is new`;
  if (after === undefined) return `package ${name} ${before}, which ${neededBy} needed, is gone`;
  return `package ${name} ${before} → ${after}${needed}`;
}

/** Q4: the author's version takes the place of the code. */
function describeVersion({ before, after }: Texts): string {
  if (before === undefined) return `version ${after} stands for its code now`;
  if (after === undefined) return `its code counts now, in place of version ${before}`;
  return `version ${before} → ${after}`;
}

function describeParameter({ before, after }: Texts): string {
  if (before === undefined) return `parameter ${after} is new`;
  return after === undefined
    ? `parameter ${before} is gone`
    : `parameter ${before} is called ${after} now`;
}

/** Values of variables are known by their digests alone. */
export function describeVariable(name: string, { before, after }: Sides): string {
  if (isAbsent(before)) return `variable ${name} is set now`;
  return isAbsent(after) ? `variable ${name} is not set any more` : `variable ${name} changed`;
}

function isAbsent(side: unknown): boolean {
  return side === undefined || side === null;
}
