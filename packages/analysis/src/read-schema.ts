import type { TaskDefinition } from '@skein/model';
import type { ParameterDeclaration, SourceFile, Type } from 'ts-morph';
import { Node, Project, ts } from 'ts-morph';
import { readCommandParameter } from './read-command.ts';
import { readType } from './read-type.ts';
import type { InputSchema, ParameterSchema, ParameterType } from './schema.ts';

export interface ReadSchemaRequest {
  /** Absolute path of the module that declares the task. */
  readonly file: string;
  /** Absolute path of the nearest tsconfig, if there is one. */
  readonly config: string | undefined;
  readonly task: TaskDefinition;
}

/** Checks the module with TypeScript and reads the parameters of one task. */
export function readSchema({ file, config, task }: ReadSchemaRequest): InputSchema | undefined {
  const project = new Project({
    ...(config === undefined ? {} : { tsConfigFilePath: config }),
    skipAddingFilesFromTsConfig: true,
    compilerOptions: { ...(config === undefined ? DEFAULTS : {}), ...ALWAYS },
  });
  const source = project.addSourceFileAtPath(file);
  const call = declarationOf(source, task.name);
  if (call === undefined) return undefined;
  const docs = docsOf(source, task.name);
  const command = readCommandParameter(call, docs);
  if (command !== undefined) return { task: task.id, parameters: [command] };
  const body = taskFunction(call);
  if (body === undefined) return undefined;
  const parameters = body
    .getParameters()
    .filter((it) => it.getName() !== 'this')
    .map((it, index) => readParameter(it, docs, index));
  return { task: task.id, parameters };
}

const DEFAULTS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  skipLibCheck: true,
};

const ALWAYS: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  allowJs: true,
  allowImportingTsExtensions: true,
  declaration: false,
  composite: false,
  incremental: false,
};

type FunctionWithParameters = Node & { getParameters(): ParameterDeclaration[] };

/** The call that declares a task. */
function declarationOf(source: SourceFile, name: string): Node | undefined {
  const initialiser =
    name === 'default'
      ? source.getDefaultExportSymbol()?.getValueDeclaration()
      : source.getVariableDeclaration(name)?.getInitializer();
  const expression = Node.isExportAssignment(initialiser)
    ? initialiser.getExpression()
    : initialiser;
  return plain(expression);
}

/** The function of a task: the last argument of its declaration, or what that names. */
function taskFunction(call: Node): FunctionWithParameters | undefined {
  if (!Node.isCallExpression(call)) return undefined;
  return functionAt(plain(call.getArguments().at(-1)));
}

function functionAt(node: Node | undefined): FunctionWithParameters | undefined {
  if (Node.isArrowFunction(node) || Node.isFunctionExpression(node)) return node;
  if (!Node.isIdentifier(node)) return undefined;
  for (const it of node.getDefinitionNodes()) {
    if (Node.isFunctionDeclaration(it)) return it;
    if (Node.isVariableDeclaration(it)) return functionAt(plain(it.getInitializer()));
  }
  return undefined;
}

function plain(node: Node | undefined): Node | undefined {
  let inner = node;
  while (
    Node.isAsExpression(inner) ||
    Node.isSatisfiesExpression(inner) ||
    Node.isParenthesizedExpression(inner)
  ) {
    inner = inner.getExpression();
  }
  return inner;
}

function readParameter(
  node: ParameterDeclaration,
  docs: ReadonlyMap<string, string>,
  index: number,
): ParameterSchema {
  const isPattern = !Node.isIdentifier(node.getNameNode());
  const name = isPattern ? `arg${index}` : node.getName();
  const fallback = node.getInitializer();
  const type = node.getType();
  const optional = node.isOptional() || fallback !== undefined;
  const doc = docs.get(node.getName());
  return {
    name,
    type: skeinName(node) ?? readType(optional ? withoutUndefined(type) : type, node),
    optional,
    rest: node.isRestParameter(),
    typeText: node.getTypeNode()?.getText() ?? type.getText(node),
    ...(doc === undefined || doc === '' ? {} : { doc }),
    ...(fallback === undefined ? {} : { default: fallback.getText() }),
  };
}

function withoutUndefined(type: Type): Type {
  const isNullable = type.isUnion() && type.getUnionTypes().some((it) => it.isNull());
  return isNullable ? type : type.getNonNullableType();
}

/** `File` and `Dir` of `skein` where its types are not installed: by name and import. */
function skeinName(node: ParameterDeclaration): ParameterType | undefined {
  const text = node.getTypeNode()?.getText();
  if (text !== 'File' && text !== 'Dir') return undefined;
  const isImported = node
    .getSourceFile()
    .getImportDeclarations()
    .some(
      (it) =>
        it.getModuleSpecifierValue() === 'skein' &&
        it.getNamedImports().some((named) => named.getName() === text),
    );
  if (!isImported) return undefined;
  return { kind: text === 'File' ? 'file' : 'dir' };
}

/** `@param` texts of the task's declaration. */
function docsOf(source: SourceFile, name: string): Map<string, string> {
  const docs = new Map<string, string>();
  const statement = source.getVariableStatement((it) =>
    it.getDeclarations().some((declared) => declared.getName() === name),
  );
  for (const doc of statement?.getJsDocs() ?? []) {
    for (const tag of doc.getTags()) {
      if (!Node.isJSDocParameterTag(tag)) continue;
      const text = tag.getCommentText()?.trim().replace(/^-\s*/, '') ?? '';
      docs.set(tag.getName(), text);
    }
  }
  return docs;
}
