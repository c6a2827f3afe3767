import type { PlainObservation } from '@skein/model';
import type { Digest } from '@skein/values';
import { describeVariable } from './change.ts';

/** What became of something that was observed: `file config/x.json changed`. */
export function describeObserved(before: PlainObservation, after: Digest | null): string {
  const sides = { before: before.digest, after };
  switch (before.kind) {
    case 'file':
      return `file ${before.path} ${became(sides, 'changed')}`;
    case 'listing':
      return `folder ${before.path} ${became(sides, 'has other names in it')}`;
    case 'stat':
      return describeStat(before, sides);
    case 'variable':
      return describeVariable(before.name, sides);
    case 'module':
      return `module "${before.specifier}", looked up from ${before.from}, ${resolved(sides)}`;
  }
}

interface Sides {
  readonly before: Digest | null;
  readonly after: Digest | null;
}

function became({ before, after }: Sides, other: string): string {
  if (before === null) return 'appeared';
  return after === null ? 'is gone' : other;
}

function describeStat(
  { path, aspect }: Extract<PlainObservation, { readonly kind: 'stat' }>,
  sides: Sides,
): string {
  switch (aspect) {
    case 'exists':
      return `${path} ${became(sides, 'is a thing of another kind')}`;
    case 'stat':
    case 'lstat':
      return `${path} ${became(sides, 'has another type, size or executable bit')}`;
    case 'mode':
      return `${path} ${became(sides, 'has other permissions')}`;
    case 'link':
      return `link ${path} ${became(sides, 'points elsewhere')}`;
    case 'real':
      return `path ${path} ${became(sides, 'leads elsewhere')}`;
  }
}

function resolved({ before, after }: Sides): string {
  if (before === null) return 'is found now';
  return after === null ? 'is not found any more' : 'is another file';
}
