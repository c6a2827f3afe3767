import { parseSync } from 'oxc-parser';
import { patternNames } from './scope.ts';
import type { Node } from './syntax.ts';

/** Where the names of a module are declared in the author's source: `line:column` by name. */
export function declarationPlaces(path: string, source: string): Map<string, string> {
  const { program } = parseSync(path, source, { preserveParens: false });
  const places = new Map<string, string>();
  for (const statement of program.body) {
    for (const [name, node] of declaredBy(statement)) {
      if (!places.has(name)) places.set(name, placeOf(source, node.start));
    }
  }
  return places;
}

function declaredBy(statement: Node): (readonly [string, Node])[] {
  switch (statement.type) {
    case 'ImportDeclaration':
      return statement.specifiers.map((it) => [it.local.name, it.local]);
    case 'ExportNamedDeclaration':
      return statement.declaration === null ? [] : declaredBy(statement.declaration);
    case 'ExportDefaultDeclaration':
      return [['default', statement], ...declaredBy(statement.declaration)];
    case 'VariableDeclaration':
      return statement.declarations.flatMap(({ id }) =>
        patternNames(id).map((name): readonly [string, Node] => [name, id]),
      );
    default: {
      const id = 'id' in statement ? statement.id : null;
      return id?.type === 'Identifier' ? [[id.name, id]] : [];
    }
  }
}

function placeOf(source: string, offset: number): string {
  const before = source.slice(0, offset);
  return `${before.split('\n').length}:${offset - (before.lastIndexOf('\n') + 1) + 1}`;
}
