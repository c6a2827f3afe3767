import type { Node, Symbol as TypeSymbol, Type } from 'ts-morph';
import type { ParameterType, PropertySchema } from './schema.ts';

/** Depth of type within type; what is deeper, or refers to itself, takes any value. */
const MAX_DEPTH = 12;

const SDK_CLASSES = new Map<string, ParameterType>([
  ['File', { kind: 'file' }],
  ['Dir', { kind: 'dir' }],
]);

const BYTES = new Set(['Uint8Array', 'Buffer', 'ArrayBuffer']);

const UNKNOWN: ParameterType = { kind: 'unknown' };

/** What an input of this TypeScript type may be. Types that cannot be checked are `unknown`. */
export function readType(type: Type, at: Node, open: readonly Type[] = []): ParameterType {
  if (open.length > MAX_DEPTH || open.includes(type)) return UNKNOWN;
  const inside = [...open, type];
  return readPlain(type) ?? readNamed(type, at, inside) ?? readStructure(type, at, inside);
}

function readPlain(type: Type): ParameterType | undefined {
  if (type.isStringLiteral() || type.isNumberLiteral()) {
    const value = type.getLiteralValue();
    if (typeof value === 'string' || typeof value === 'number') return { kind: 'literal', value };
  }
  if (type.isBooleanLiteral()) return { kind: 'literal', value: type.getText() === 'true' };
  if (type.isString() || type.isTemplateLiteral()) return { kind: 'string' };
  if (type.isNumber()) return { kind: 'number' };
  if (type.isBoolean()) return { kind: 'boolean' };
  if (type.isBigInt() || type.isBigIntLiteral()) return { kind: 'bigint' };
  if (type.isNull()) return { kind: 'null' };
  if (type.isUndefined() || type.isVoid()) return { kind: 'undefined' };
  return undefined;
}

/** Classes that values know: of the language, of Node, of the SDK. */
function readNamed(type: Type, at: Node, open: readonly Type[]): ParameterType | undefined {
  const name = type.getSymbol()?.getName();
  if (name === undefined) return undefined;
  const sdk = SDK_CLASSES.get(name);
  if (sdk !== undefined && (isClass(type, 'digest') || isOfTheDom(type))) return sdk;
  if (name === 'Date') return { kind: 'date' };
  if (BYTES.has(name)) return { kind: 'bytes' };
  const [first, second] = type.getTypeArguments();
  if ((name === 'Map' || name === 'ReadonlyMap') && first !== undefined && second !== undefined) {
    return { kind: 'map', key: readType(first, at, open), value: readType(second, at, open) };
  }
  if ((name === 'Set' || name === 'ReadonlySet') && first !== undefined) {
    return { kind: 'set', item: readType(first, at, open) };
  }
  return undefined;
}

/** What stands in for the SDK's classes where its types are not installed; no input otherwise. */
function isOfTheDom(type: Type): boolean {
  const [declaration] = type.getSymbol()?.getDeclarations() ?? [];
  return declaration?.getSourceFile().getBaseName().startsWith('lib.dom') === true;
}

/** Functions, instances of classes, and what only the language or Node can make. */
function isMade(type: Type): boolean {
  const isCallable =
    type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0;
  const symbol = type.getSymbol();
  const files = symbol?.getDeclarations().map((it) => it.getSourceFile().getFilePath()) ?? [];
  const isLibrary = files.some((it) => /\/(lib\.[^/]*|@types\/node\/.*)\.d\.ts$/.test(it));
  const isNamed = !(symbol?.getName() ?? '__type').startsWith('__');
  return isCallable || type.isClass() || (isLibrary && isNamed && symbol?.getName() !== 'Object');
}

/** The SDK's classes have a digest; the DOM's `File` has none. */
function isClass(type: Type, property: string): boolean {
  return type.getProperty(property) !== undefined;
}

function readStructure(type: Type, at: Node, open: readonly Type[]): ParameterType {
  if (type.isUnion()) return readUnion(type, at, open);
  const item = type.getArrayElementType();
  if (item !== undefined) return { kind: 'list', item: readType(item, at, open) };
  if (type.isTuple()) {
    return {
      kind: 'tuple',
      items: type.getTupleElements().map((part) => readType(part, at, open)),
    };
  }
  if (!type.isObject() && !type.isIntersection()) return UNKNOWN;
  if (isMade(type)) return { kind: 'unsupported', text: type.getText(at) };
  const value = type.getStringIndexType();
  const properties = type.getProperties();
  if (value !== undefined && properties.length === 0) {
    return { kind: 'record', value: readType(value, at, open) };
  }
  if (value !== undefined || type.getSymbol()?.getName() === 'Object') return UNKNOWN;
  return { kind: 'object', properties: properties.map((part) => readProperty(part, at, open)) };
}

/** `true | false` is a boolean again, and the order is that of the source as far as it is known. */
function readUnion(type: Type, at: Node, open: readonly Type[]): ParameterType {
  const read = type.getUnionTypes().map((member) => readType(member, at, open));
  const booleans = read.filter(
    (part) => part.kind === 'literal' && typeof part.value === 'boolean',
  );
  const others = read.filter((part) => !booleans.includes(part));
  const types: ParameterType[] =
    booleans.length === 2 ? [...others, { kind: 'boolean' }] : [...others, ...booleans];
  const [only, second] = types;
  return only !== undefined && second === undefined ? only : { kind: 'union', types };
}

function readProperty(symbol: TypeSymbol, at: Node, open: readonly Type[]): PropertySchema {
  const read = readType(symbol.getTypeAtLocation(at), at, open);
  const type = symbol.isOptional() ? dropUndefined(read) : read;
  const doc = docOf(symbol);
  return {
    name: symbol.getName(),
    type,
    optional: symbol.isOptional(),
    ...(doc === '' ? {} : { doc }),
  };
}

/** `name?: string` reads as `string | undefined`; the question mark says it already. */
function dropUndefined(type: ParameterType): ParameterType {
  if (type.kind !== 'union') return type;
  const types = type.types.filter(({ kind }) => kind !== 'undefined');
  const [only, second] = types;
  return only !== undefined && second === undefined ? only : { kind: 'union', types };
}

function docOf(symbol: TypeSymbol): string {
  const parts = symbol.compilerSymbol.getDocumentationComment(undefined);
  return parts
    .map(({ text }) => text)
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
