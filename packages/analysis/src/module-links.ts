import { isBuiltin } from 'node:module';
import { patternNames } from './scope.ts';
import type { ExportBinding, ImportBinding } from './summary.ts';
import type { Node } from './syntax.ts';

/** Imports and exports of a module, with what of `skein` it has under which name. */
export interface ModuleLinks {
  readonly isModule: boolean;
  readonly imports: readonly ImportBinding[];
  readonly exports: readonly ExportBinding[];
  readonly evaluates: readonly string[];
  readonly bare: readonly string[];
  readonly environments: ReadonlySet<string>;
  readonly checkpoints: ReadonlySet<string>;
  /** With `image` and `json`: calls that declare and do nothing else. */
  readonly declarers: ReadonlySet<string>;
  readonly skeinMaps: ReadonlySet<string>;
  /** Local names of everything that is imported from `skein`. */
  readonly skein: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
  /** Local names of `import * as`, whatever they are of. */
  readonly stars: ReadonlySet<string>;
  readonly byLocal: ReadonlyMap<string, ImportBinding>;
}

interface Draft {
  readonly imports: ImportBinding[];
  readonly exports: ExportBinding[];
  readonly evaluates: Set<string>;
  readonly bare: Set<string>;
  isModule: boolean;
}

export function isSkein(specifier: string): boolean {
  return specifier === 'skein' || specifier.startsWith('skein/');
}

export function readLinks(program: Node & { type: 'Program' }): ModuleLinks {
  const draft: Draft = {
    imports: [],
    exports: [],
    evaluates: new Set(),
    bare: new Set(),
    isModule: false,
  };
  for (const statement of program.body) readStatement(statement, draft);
  const { imports } = draft;
  const skein = (name: string) =>
    new Set(
      imports.filter((it) => isSkein(it.specifier) && it.imported === name).map((it) => it.local),
    );
  const environments = skein('environment');
  const checkpoints = skein('checkpoint');
  return {
    ...draft,
    evaluates: [...draft.evaluates],
    bare: [...draft.bare],
    environments,
    checkpoints,
    declarers: new Set([...environments, ...checkpoints, ...skein('image'), ...skein('json')]),
    skeinMaps: skein('map'),
    skein: new Set(imports.filter((it) => isSkein(it.specifier)).map((it) => it.local)),
    namespaces: new Set(imports.filter(isNamespace).map((it) => it.local)),
    stars: new Set(imports.filter((it) => it.imported === '*').map((it) => it.local)),
    byLocal: new Map(imports.map((it) => [it.local, it])),
  };
}

function isNamespace({ imported, specifier }: ImportBinding): boolean {
  return imported === '*' || (imported === 'default' && isBuiltin(specifier));
}

function readStatement(statement: Node, draft: Draft): void {
  switch (statement.type) {
    case 'ImportDeclaration':
      draft.isModule = true;
      return readImport(statement, draft);
    case 'ExportAllDeclaration': {
      draft.isModule = true;
      const specifier = statement.source.value;
      draft.evaluates.add(specifier);
      if (statement.exported === null) draft.exports.push({ kind: 'star', specifier });
      else {
        const exported = nameOf(statement.exported);
        draft.exports.push({ kind: 'from', exported, specifier, imported: '*' });
      }
      return;
    }
    case 'ExportDefaultDeclaration':
      draft.isModule = true;
      draft.exports.push({ kind: 'local', exported: 'default', local: 'default' });
      return;
    case 'ExportNamedDeclaration':
      draft.isModule = true;
      return readExport(statement, draft);
    default:
  }
}

function readImport(node: Node & { type: 'ImportDeclaration' }, draft: Draft): void {
  const specifier = node.source.value;
  draft.evaluates.add(specifier);
  if (node.specifiers.length === 0) draft.bare.add(specifier);
  for (const it of node.specifiers) {
    let imported = '*';
    if (it.type === 'ImportDefaultSpecifier') imported = 'default';
    if (it.type === 'ImportSpecifier') imported = nameOf(it.imported);
    draft.imports.push({ local: it.local.name, specifier, imported });
  }
}

function readExport(node: Node & { type: 'ExportNamedDeclaration' }, draft: Draft): void {
  if (node.source !== null) {
    const specifier = node.source.value;
    draft.evaluates.add(specifier);
    if (node.specifiers.length === 0) draft.bare.add(specifier);
    for (const it of node.specifiers) {
      const [exported, imported] = [nameOf(it.exported), nameOf(it.local)];
      draft.exports.push({ kind: 'from', exported, specifier, imported });
    }
    return;
  }
  for (const it of node.specifiers) {
    const [exported, local] = [nameOf(it.exported), nameOf(it.local)];
    draft.exports.push({ kind: 'local', exported, local });
  }
  for (const name of declaredNames(node.declaration)) {
    draft.exports.push({ kind: 'local', exported: name, local: name });
  }
}

function declaredNames(node: Node | null): string[] {
  if (node?.type === 'VariableDeclaration') {
    return node.declarations.flatMap((it) => patternNames(it.id));
  }
  const named = node?.type === 'FunctionDeclaration' || node?.type === 'ClassDeclaration';
  return named && node.id !== null ? [node.id.name] : [];
}

function nameOf(node: Node): string {
  if (node.type === 'Literal') return String(node.value);
  return node.type === 'Identifier' ? node.name : '';
}
