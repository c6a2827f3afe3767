import { parseSync } from 'oxc-parser';
import type { EmittedModule } from './emit.ts';
import { isFunction } from './syntax.ts';
import type { ExportBinding, SourceSpan, Suspicion, TaskSite } from './summary.ts';
import type { Node } from './syntax.ts';
import { isCommandCall } from './task-call.ts';

interface TaskSites {
  readonly tasks: readonly TaskSite[];
  readonly duplicates: readonly Suspicion[];
}

/**
 * Positions and parameters of tasks come from the author's source: the emitted code has other
 * columns, renames parameters that hide a module's name, and has lost the `?` of optional ones.
 */
export function findTaskSites(
  module: EmittedModule,
  names: readonly string[],
  exports: readonly ExportBinding[],
): TaskSites {
  if (names.length === 0) return { tasks: [], duplicates: [] };
  const { program } = parseSync(module.path, module.source, { preserveParens: false });
  const declared = declarationsIn(program);
  const exported = new Set(exports.flatMap((it) => (it.kind === 'local' ? [it.local] : [])));
  const tasks: TaskSite[] = [];
  const duplicates: Suspicion[] = [];
  for (const name of new Set(names)) {
    const [first, second] = declared.filter((it) => it.name === name);
    if (first === undefined) continue;
    const at = locate(module.source, first.at, name.length);
    const { line, column } = at;
    const read = parametersOf(first.value, declared);
    tasks.push({ name, line, column, exported: exported.has(name), ...read });
    if (second !== undefined) {
      const place = locate(module.source, second.at, name.length);
      duplicates.push({ kind: 'duplicate-task', name, at: place });
    }
  }
  return { tasks, duplicates };
}

interface Declared {
  readonly name: string;
  readonly at: number;
  readonly value: Node | null;
}

function declarationsIn(program: Node & { type: 'Program' }): Declared[] {
  const found: Declared[] = [];
  for (const statement of program.body) {
    const node =
      statement.type === 'ExportNamedDeclaration' ? statement.declaration : (statement as Node);
    if (statement.type === 'ExportDefaultDeclaration') {
      found.push({ name: 'default', at: statement.start, value: plain(statement.declaration) });
    } else if (node?.type === 'VariableDeclaration') {
      for (const { id, init } of node.declarations) {
        if (id.type === 'Identifier') {
          found.push({ name: id.name, at: id.start, value: init === null ? null : plain(init) });
        }
      }
    } else if (node?.type === 'FunctionDeclaration' && node.id !== null) {
      found.push({ name: node.id.name, at: node.id.start, value: node });
    }
  }
  return found;
}

/** An expression without type assertions. */
function plain(node: Node): Node {
  let inner = node;
  while (
    inner.type === 'TSAsExpression' ||
    inner.type === 'TSSatisfiesExpression' ||
    inner.type === 'TSNonNullExpression' ||
    inner.type === 'TSTypeAssertion' ||
    inner.type === 'ParenthesizedExpression'
  ) {
    inner = inner.expression;
  }
  return inner;
}

interface Parameters {
  readonly parameters: readonly string[];
  readonly rest: boolean;
  readonly required?: number;
  readonly optionalSecond: boolean;
}

/** As the SDK says of it: one object with its inputs. */
const COMMAND: Parameters = {
  parameters: ['inputs'],
  rest: false,
  required: 1,
  optionalSecond: false,
};

function parametersOf(call: Node | null, declared: readonly Declared[]): Parameters {
  if (call?.type === 'CallExpression' && isCommandCall(call)) return COMMAND;
  const last = call?.type === 'CallExpression' ? call.arguments.at(-1) : undefined;
  let body = last === undefined ? null : plain(last);
  if (body?.type === 'Identifier') {
    const { name } = body;
    body = declared.find((it) => it.name === name)?.value ?? null;
  }
  if (!isFunction(body)) return { parameters: [], rest: false, optionalSecond: false };
  const params: readonly Node[] = body.params.filter(
    (it) => !(it.type === 'Identifier' && it.name === 'this'),
  );
  const second = params[1];
  return {
    parameters: params.map(nameOf),
    rest: params.at(-1)?.type === 'RestElement',
    required: params.findLastIndex((it) => !isOptional(it)) + 1,
    optionalSecond: second !== undefined && isOptional(second),
  };
}

function nameOf(parameter: Node, index: number): string {
  let inner = parameter;
  if (inner.type === 'AssignmentPattern') inner = inner.left;
  if (inner.type === 'RestElement') inner = inner.argument;
  return inner.type === 'Identifier' ? inner.name : `arg${index}`;
}

function isOptional(parameter: Node): boolean {
  if (parameter.type === 'AssignmentPattern' || parameter.type === 'RestElement') return true;
  return 'optional' in parameter && parameter.optional === true;
}

function locate(source: string, offset: number, length: number): SourceSpan {
  const before = source.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1, length };
}
