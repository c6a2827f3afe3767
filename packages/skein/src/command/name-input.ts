import { kebabCase } from './flag.ts';
import type { GivenInput } from './input.ts';

/**
 * An input as the user wrote it: `"--max-items"`, `the input "rows"`. `path` leads to the part
 * that is meant: names and indices.
 */
export function nameInput(
  { parameter, by, spread }: GivenInput,
  path: readonly (string | number)[] = [],
): string {
  if (by === 'input') return `the input "${parameter.name}${tail(path)}"`;
  const [first, ...rest] = path;
  if (spread && typeof first === 'string') {
    return rest.length === 0
      ? `"--${kebabCase(first)}"`
      : `"--${kebabCase(first)}" at "${first}${tail(rest)}"`;
  }
  const flag = `"--${kebabCase(parameter.name)}"`;
  return path.length === 0 ? flag : `${flag} at "${parameter.name}${tail(path)}"`;
}

function tail(path: readonly (string | number)[]): string {
  return path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
}
