import type { Failure, Place } from '@skein/model';

/** A place as compilers show it: `path:line:column`, the source line, a squiggle below it. */
export function renderPlace(place: Place): string {
  const gutter = `${place.line}`;
  const blank = ' '.repeat(gutter.length);
  const lead = place.source.slice(0, place.column - 1).replace(/[^\t]/g, ' ');
  const squiggle = '~'.repeat(Math.max(1, place.length));
  return [
    `${blank} --> ${place.path}:${place.line}:${place.column}`,
    `${blank} |`,
    `${gutter} | ${place.source}`,
    `${blank} | ${lead}${squiggle}`,
  ].join('\n');
}

/** A failure as text without colour: headline, place, aligned facts, one hint. */
export function renderDiagnostic(failure: Failure): string {
  const lines = [`${failure.code}: ${failure.headline}`];
  if (failure.place !== undefined) lines.push(renderPlace(failure.place));
  const width = Math.max(0, ...failure.facts.map(([name]) => name.length));
  for (const [name, value] of failure.facts) lines.push(`  ${name.padEnd(width)}  ${value}`);
  if (failure.hint !== undefined) lines.push(`  hint: ${failure.hint}`);
  return lines.join('\n');
}
