const COMMENT = String.raw`(?:/\*[\s\S]*?\*/\s*)*`;
const WAYS = [
  String.raw`\bfrom\s*`,
  String.raw`\bimport\s+`,
  String.raw`\bimport\s*\(\s*`,
  String.raw`\brequire\s*\(\s*`,
  String.raw`\brequire\.resolve\s*\(\s*`,
  String.raw`\bimport\.meta\.resolve\s*\(\s*`,
  String.raw`\bnew\s+URL\s*\(\s*`,
];
const SPECIFIER = new RegExp(`(?:${WAYS.join('|')})${COMMENT}(['"\`])([^'"\`\\n]+)\\1`, 'g');

/**
 * What a module may import, each once. By the text alone: an import in a comment counts too,
 * which draws an edge too many and never one too few.
 */
export function specifiersIn(text: string): readonly string[] {
  const found = [...text.matchAll(SPECIFIER)].map(([, , specifier = '']) => specifier);
  return [...new Set(found)];
}
