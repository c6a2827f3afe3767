/** Text of a command with what is put in when it runs. */
export type Template = readonly (string | Placeholder)[];

/** `{inputs.rows}`, `{outputs.model}`. */
export interface Placeholder {
  readonly of: 'inputs' | 'outputs';
  readonly name: string;
}

const PLACEHOLDER = /\{(inputs|outputs)\.([^{}\s]*)\}/g;

/** Other braces are the program's own. */
export function readTemplate(text: string): Template {
  const parts: (string | Placeholder)[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, of, name = ''] = match;
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ of: of === 'inputs' ? 'inputs' : 'outputs', name });
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

export function placeholdersOf(template: Template): readonly Placeholder[] {
  return template.filter((it) => typeof it !== 'string');
}

export function isSame(one: Placeholder, other: Placeholder): boolean {
  return one.of === other.of && one.name === other.name;
}

/** The template with a text for each placeholder. */
export function fillTemplate(
  template: Template,
  fill: (placeholder: Placeholder) => string,
): string {
  return template.map((it) => (typeof it === 'string' ? it : fill(it))).join('');
}
