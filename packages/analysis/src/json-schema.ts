import type { ParameterType } from './schema.ts';

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * The JSON Schema of the JSON form of a type's values: where JSON has no word, that is
 * `{ "$type": "date", "value": … }` and its like.
 */
export function toJsonSchema(type: ParameterType): JsonSchema {
  switch (type.kind) {
    case 'string':
    case 'boolean':
    case 'null':
      return { type: type.kind };
    case 'number':
      return { anyOf: [{ type: 'number' }, typed('number', { type: 'string' })] };
    case 'bigint':
      return typed('bigint', { type: 'string', pattern: '^-?\\d+$' });
    case 'date':
      return typed('date', { type: ['string', 'null'] });
    case 'bytes':
      return typed('bytes', { type: 'string' });
    case 'file':
    case 'dir':
      return typed(type.kind, { type: 'object' });
    case 'undefined':
      return typed('undefined', {});
    case 'unknown':
      return {};
    case 'literal':
      return { const: type.value };
    case 'list':
      return { type: 'array', items: toJsonSchema(type.item) };
    case 'tuple':
      return {
        type: 'array',
        prefixItems: type.items.map(toJsonSchema),
        minItems: type.items.length,
        maxItems: type.items.length,
      };
    case 'object':
      return objectSchema(type);
    case 'record':
      return { type: 'object', additionalProperties: toJsonSchema(type.value) };
    case 'map':
      return typed('map', {
        type: 'array',
        items: {
          type: 'array',
          prefixItems: [toJsonSchema(type.key), toJsonSchema(type.value)],
          minItems: 2,
          maxItems: 2,
        },
      });
    case 'set':
      return typed('set', { type: 'array', items: toJsonSchema(type.item) });
    case 'union':
      return { anyOf: type.types.map(toJsonSchema) };
    case 'unsupported':
      return { not: {} };
  }
}

function objectSchema(type: ParameterType & { kind: 'object' }): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(type.properties.map((it) => [it.name, toJsonSchema(it.type)])),
    required: type.properties.filter((it) => !it.optional).map((it) => it.name),
    additionalProperties: false,
  };
}

function typed(name: string, value: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { $type: { const: name }, value },
    required: name === 'undefined' ? ['$type'] : ['$type', 'value'],
  };
}
