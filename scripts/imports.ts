import { parseSync } from 'oxc-parser';
import { lineAt, walk, type SourceFile } from './source.ts';

/** One mention of another module: an import, a re-export, `import()` or `import('…')` in a type. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

/** Everything a file imports, types included, in source order. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const imports: Import[] = [];
  walk(parseSync(path, text).program, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    imports.push({ specifier, line: lineAt(text, node.start), typeOnly: isTypeOnly(node) });
  });
  return imports;
}

const importing = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function specifierOf(node: object & { readonly type: string }): string | undefined {
  if (!importing.has(node.type) || !('source' in node)) return undefined;
  const { source } = node;
  if (typeof source !== 'object' || source === null || !('value' in source)) return undefined;
  return typeof source.value === 'string' ? source.value : undefined;
}

function isTypeOnly(node: object & { readonly type: string }): boolean {
  if (node.type === 'TSImportType') return true;
  if ('importKind' in node) return node.importKind === 'type';
  return 'exportKind' in node && node.exportKind === 'type';
}
