import { parseSync } from 'oxc-parser';
import { collectFacts } from '../../src/references.ts';
import { hoistedNames, patternNames } from '../../src/scope.ts';
import type { Node } from '../../src/syntax.ts';

const NO_NAMES = { skeinMaps: new Set<string>(), checkpoints: new Set<string>() };

interface Piece {
  readonly text: string;
  readonly names: readonly string[];
  readonly uses: ReadonlySet<string>;
}

/**
 * The pieces of a bundle that its exports and its statements lead to. esbuild also keeps
 * `const x = make()` of an `x` that nothing uses, and a namespace, with all that these use, since
 * it does not look into them; whether such a call has effects is not for this witness to say (C2).
 */
export function usedText(bundle: string): string {
  const { program } = parseSync('bundle.js', bundle);
  const pieces = program.body.flatMap((it) => piecesOf(bundle, it));
  const kept = new Set(pieces.filter((it) => it.names.length === 0));
  const byName = new Map<string, Piece[]>();
  for (const it of pieces) {
    for (const name of it.names) byName.set(name, [...(byName.get(name) ?? []), it]);
  }
  for (const it of kept)
    for (const name of it.uses) for (const to of byName.get(name) ?? []) kept.add(to);
  return pieces
    .filter((it) => kept.has(it))
    .map((it) => it.text)
    .join('\n');
}

function piecesOf(bundle: string, statement: Node): Piece[] {
  const nodes = statement.type === 'VariableDeclaration' ? statement.declarations : [statement];
  return nodes.map((node: Node): Piece => {
    const uses = new Set(collectFacts(node, NO_NAMES).references.keys());
    const text = bundle.slice(node.start, node.end);
    if (statement.type === 'ExportNamedDeclaration') {
      for (const it of statement.specifiers) {
        if (it.local.type === 'Identifier') uses.add(it.local.name);
      }
    }
    return { text, names: namesOf(node, text), uses };
  });
}

function namesOf(node: Node, text: string): string[] {
  if (node.type === 'VariableDeclarator') return patternNames(node.id);
  if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') {
    return node.id === null ? [] : [node.id.name];
  }
  // Put there by esbuild, so that a function keeps its name; or a namespace is filled.
  const [, named] =
    /^__name\((\w+), /.exec(text) ?? /\}\)\((\w+) \|\| \(\1 = \{\}\)\);$/.exec(text) ?? [];
  return named === undefined ? hoistedNames(node) : [named];
}
