import type { CodeFacts } from './code-facts.ts';
import type { Reference } from './summary.ts';

/** References as one line: `name uses member.member`, with `*` for a name that is used whole. */
export function writeReferences(references: readonly Reference[]): string {
  return references
    .map(({ name, uses, members }) => {
      const list = members === null ? '*' : members.map(encodeURIComponent).join(',');
      return `${name} ${uses} ${list}`;
    })
    .join('|');
}

export function readReferences(text: string): Reference[] {
  if (text === '') return [];
  return text.split('|').map((line) => {
    const [name = '', uses = '', list = ''] = line.split(' ');
    const members = list === '' ? [] : list.split(',').map(decodeURIComponent);
    return { name, uses: Number(uses), members: list === '*' ? null : members };
  });
}

/** References in a stable order. */
export function sortedReferences(facts: CodeFacts): Reference[] {
  return [...facts.references]
    .map(([name, use]) => ({
      name,
      uses: use.uses,
      members: use.members === null ? null : [...use.members].sort(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
