import type { PlainObservation } from './observation.ts';

/** What was looked at, whatever was found there: equal for two looks at the same. */
export function subjectOf(seen: PlainObservation): string {
  switch (seen.kind) {
    case 'file':
    case 'listing':
      return `${seen.kind} ${seen.path}`;
    case 'stat':
      return `${seen.aspect} ${seen.path}`;
    case 'variable':
      return `variable ${seen.name}`;
    case 'module':
      return `module ${seen.from}\0${seen.specifier}`;
  }
}
