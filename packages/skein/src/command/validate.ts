import { toJsonSchema, type ParameterType } from '@skein/analysis';
import type { Failure } from '@skein/model';
import { shorten } from '@skein/view';
import type { ErrorObject } from 'ajv';
import { describeType } from './describe-type.ts';
import type { GivenInput } from './input.ts';
import { nameInput } from './name-input.ts';

type Path = readonly (string | number)[];

/** Everything in the inputs that does not fit their types. */
export async function validate(inputs: readonly GivenInput[]): Promise<readonly Failure[]> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  // The schemas are our own: compiling the one of all schemas would take longer than all else.
  const ours = { meta: false, validateSchema: false } as const;
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, ...ours });
  return inputs.flatMap((input) => {
    const check = ajv.compile(toJsonSchema(input.parameter.type));
    if (check(input.json)) return [];
    return telling(check.errors ?? []).map((error) => describe(input, error));
  });
}

/** Of a union that nothing fits only the union is told, not what each of its members wants. */
function telling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  return errors.filter((error) =>
    unions.every(
      (union) => union === error || !error.schemaPath.startsWith(`${union.schemaPath}/`),
    ),
  );
}

function describe(input: GivenInput, error: ErrorObject): Failure {
  const path = pathOf(input, error.instancePath);
  if (error.keyword === 'required') return describeMissing(input, path, error);
  if (error.keyword === 'additionalProperties') return describeExtra(input, path, error);
  const type = typeAt(input.parameter.type, path);
  return {
    code: input.by === 'flag' ? 'flag-value' : 'input-invalid',
    kind: 'usage',
    headline: `the value of ${nameInput(input, path)} does not fit`,
    facts: [
      ['given', shorten(error.data, 80)],
      ['wanted', type === undefined ? (error.message ?? error.keyword) : describeType(type)],
    ],
  };
}

function describeMissing(input: GivenInput, path: Path, { params }: ErrorObject): Failure {
  const property = String(params['missingProperty']);
  const type = typeAt(input.parameter.type, [...path, property]);
  return {
    code: 'input-missing',
    kind: 'usage',
    headline: `${nameInput(input, [...path, property])} is missing`,
    facts: type === undefined ? [] : [['wanted', describeType(type)]],
  };
}

function describeExtra(input: GivenInput, path: Path, { params }: ErrorObject): Failure {
  const type = typeAt(input.parameter.type, path);
  return {
    code: input.by === 'flag' ? 'flag-value' : 'input-invalid',
    kind: 'usage',
    headline: `${nameInput(input, path)} has no property "${String(params['additionalProperty'])}"`,
    facts: type === undefined ? [] : [['wanted', describeType(type)]],
  };
}

/** A JSON pointer as names and indices. */
function pathOf({ json }: GivenInput, pointer: string): Path {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at: unknown = json;
  return keys.map((key) => {
    const index = Array.isArray(at) ? Number(key) : key;
    at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
    return index;
  });
}

/** The type of a part; none where the path leads through what has another form in JSON. */
function typeAt(type: ParameterType, [key, ...rest]: Path): ParameterType | undefined {
  if (key === undefined) return type;
  const inner = typesBelow(type, key);
  return inner.map((part) => typeAt(part, rest)).find((part) => part !== undefined);
}

function typesBelow(type: ParameterType, key: string | number): readonly ParameterType[] {
  switch (type.kind) {
    case 'list':
      return [type.item];
    case 'tuple':
      return type.items.filter((_, index) => index === key);
    case 'record':
      return [type.value];
    case 'object':
      return type.properties.filter(({ name }) => name === key).map((property) => property.type);
    case 'union':
      return type.types.flatMap((member) => typesBelow(member, key));
    default:
      return [];
  }
}
