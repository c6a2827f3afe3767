import { Node } from 'ts-morph';
import type { Expression, ObjectLiteralExpression, Type } from 'ts-morph';
import { readType } from './read-type.ts';
import type { ParameterSchema, ParameterType, PropertySchema } from './schema.ts';

const PLAIN: Readonly<Record<string, ParameterType>> = {
  file: { kind: 'file' },
  dir: { kind: 'dir' },
  string: { kind: 'string' },
  number: { kind: 'number' },
  boolean: { kind: 'boolean' },
  json: { kind: 'unknown' },
};

/**
 * The only parameter of a command task: its `inputs`, as they are written, or else as the checker
 * knows the task. `docs`: what its author wrote about each.
 */
export function readCommandParameter(
  call: Node,
  docs: ReadonlyMap<string, string>,
): ParameterSchema | undefined {
  if (!isCommand(call)) return undefined;
  const spec = call.getArguments()[0];
  const written = Node.isObjectLiteralExpression(spec) ? readWritten(spec, docs) : undefined;
  const type = written ?? readChecked(call.getType(), call);
  return { name: 'inputs', type, optional: false, rest: false, typeText: textOf(type) };
}

function isCommand(node: Node): node is Node & { getArguments(): Node[] } {
  if (!Node.isCallExpression(node)) return false;
  const callee = node.getExpression();
  return Node.isPropertyAccessExpression(callee) && callee.getName() === 'command';
}

/** `undefined`: only the checker knows. */
function readWritten(
  spec: ObjectLiteralExpression,
  docs: ReadonlyMap<string, string>,
): ParameterType | undefined {
  if (spec.getProperties().some((it) => Node.isSpreadAssignment(it))) return undefined;
  const property = spec.getProperty('inputs');
  if (property === undefined) return { kind: 'object', properties: [] };
  const inputs = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined;
  if (!Node.isObjectLiteralExpression(inputs)) return undefined;
  const properties: PropertySchema[] = [];
  for (const it of inputs.getProperties()) {
    const kind = Node.isPropertyAssignment(it) ? it.getInitializer() : undefined;
    const found = kind === undefined ? undefined : readKind(kind);
    if (found === undefined || !Node.isPropertyAssignment(it)) return undefined;
    const name = nameOf(it.getNameNode());
    const doc = docs.get(name) ?? '';
    properties.push({ name, ...found, ...(doc === '' ? {} : { doc }) });
  }
  return { kind: 'object', properties };
}

function nameOf(node: Node): string {
  return Node.isStringLiteral(node) ? node.getLiteralValue() : node.getText();
}

function readKind(node: Expression): Pick<PropertySchema, 'type' | 'optional'> | undefined {
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) {
    const text = node.getLiteralValue();
    const optional = text.endsWith('?');
    const type = PLAIN[optional ? text.slice(0, -1) : text];
    return type === undefined ? undefined : { type, optional };
  }
  if (!Node.isCallExpression(node) || node.getExpression().getText() !== 'json') return undefined;
  const [type] = node.getTypeArguments();
  return {
    type: type === undefined ? { kind: 'unknown' } : readType(type.getType(), node),
    optional: node.getArguments().length > 0,
  };
}

/** What the task may be called with. */
function readChecked(type: Type, at: Node): ParameterType {
  const [parameter] = type.getCallSignatures()[0]?.getParameters() ?? [];
  const inputs = parameter?.getTypeAtLocation(at);
  return inputs === undefined ? { kind: 'unknown' } : readType(inputs, at);
}

function textOf(type: ParameterType): string {
  if (type.kind !== 'object') return type.kind;
  const parts = type.properties.map((it) => `${it.name}${it.optional ? '?' : ''}: ${it.type.kind}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join('; ')} }`;
}
