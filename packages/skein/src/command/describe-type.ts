import type { ParameterType } from '@skein/analysis';

const DEEPEST = 3;

/** Where the value is written otherwise than the type is called. */
const WORDS: Readonly<Record<string, string>> = {
  date: 'Date (ISO 8601)',
  bytes: 'Uint8Array (base64)',
  file: 'File (a path)',
  dir: 'Dir (a path)',
  unknown: 'any JSON',
};

/** What a flag or an input wants, in TypeScript's words: `"a" | "b"`, `{ rows: number[] }`. */
export function describeType(type: ParameterType, depth = 0): string {
  const inner = (part: ParameterType): string => describeType(part, depth + 1);
  switch (type.kind) {
    case 'literal':
      return JSON.stringify(type.value);
    case 'list':
      return type.item.kind === 'union' ? `(${inner(type.item)})[]` : `${inner(type.item)}[]`;
    case 'tuple':
      return `[${type.items.map(inner).join(', ')}]`;
    case 'record':
      return `Record<string, ${inner(type.value)}>`;
    case 'map':
      return `Map<${inner(type.key)}, ${inner(type.value)}>`;
    case 'set':
      return `Set<${inner(type.item)}>`;
    case 'union':
      return type.types.map(inner).join(' | ');
    case 'object': {
      if (depth >= DEEPEST) return '{ … }';
      const parts = type.properties.map(
        (property) => `${property.name}${property.optional ? '?' : ''}: ${inner(property.type)}`,
      );
      return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
    }
    case 'unsupported':
      return `${type.text}, which no flag can say`;
    default:
      return WORDS[type.kind] ?? type.kind;
  }
}
