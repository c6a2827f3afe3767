import type { Style } from './style.ts';

/** Name and value pairs below each other, values in one column, two spaces in front. */
export function alignFacts(
  facts: readonly (readonly [name: string, value: string])[],
  style: Style,
): readonly string[] {
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => {
    const [first = '', ...rest] = value.split('\n');
    const indent = ' '.repeat(width + 4);
    const label = style.faint(name.padEnd(width));
    return [`  ${label}  ${first}`.trimEnd(), ...rest.map((line) => `${indent}${line}`)].join('\n');
  });
}
