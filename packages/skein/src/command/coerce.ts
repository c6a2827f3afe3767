import type { ParameterType } from '@skein/analysis';
import type { JsonValue } from '@skein/values';

type Of<K extends ParameterType['kind']> = Extract<ParameterType, { readonly kind: K }>;
type JsonObject = { readonly [key: string]: JsonValue };

/**
 * JSON as a person writes it for a value of this type, in the form that `fromJson` reads: where
 * the type says date, bigint, file or folder, a plain text or number is one; a list can be a Set,
 * an object a Map. What does not fit is left as it is, for validation to say so.
 */
export function coerce(type: ParameterType, json: JsonValue): JsonValue {
  if (isObject(json) && Object.hasOwn(json, '$type')) return json;
  switch (type.kind) {
    case 'date':
      return typeof json === 'string' ? coerceDate(json) : json;
    case 'bigint':
      return coerceBigint(json);
    case 'file':
    case 'dir':
      return typeof json === 'string' ? typed(type.kind, { path: json }) : json;
    case 'bytes':
      return typeof json === 'string' ? typed('bytes', json) : json;
    case 'list':
      return mapList(json, (part) => coerce(type.item, part));
    case 'tuple':
      return mapList(json, (part, index) => {
        const item = type.items[index];
        return item === undefined ? part : coerce(item, part);
      });
    case 'set': {
      const list = mapList(json, (part) => coerce(type.item, part));
      return Array.isArray(list) ? typed('set', list) : list;
    }
    case 'map':
      return coerceMap(type, json);
    case 'record':
      return mapObject(json, (_, part) => coerce(type.value, part));
    case 'object':
      return coerceObject(type, json);
    case 'union':
      return coerceUnion(type, json);
    default:
      return json;
  }
}

/**
 * ISO 8601. A time without a zone is UTC, as it is for the tasks (O6): what a run gets must not
 * depend on who starts it where.
 */
function coerceDate(text: string): JsonValue {
  if (!/^[+-]?\d{4,6}(?:-\d\d(?:-\d\d)?)?(?:[T ]\d\d:?\d\d.*)?$/.test(text)) return text;
  const zoned = /[T ]/.test(text) && !/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? `${text}Z` : text;
  const date = new Date(zoned);
  return Number.isNaN(date.getTime()) ? text : typed('date', date.toISOString());
}

function coerceBigint(json: JsonValue): JsonValue {
  if (typeof json === 'number' && Number.isSafeInteger(json)) return typed('bigint', String(json));
  if (typeof json !== 'string' || !/^-?\d+n?$/.test(json)) return json;
  return typed('bigint', json.replace(/n$/, ''));
}

function coerceMap(type: Of<'map'>, json: JsonValue): JsonValue {
  const entries = Array.isArray(json) ? json : isObject(json) ? Object.entries(json) : undefined;
  if (entries === undefined) return json;
  const coerced = mapList(entries, (entry) =>
    mapList(entry, (part, index) => coerce(index === 0 ? type.key : type.value, part)),
  );
  return typed('map', coerced);
}

function coerceObject(type: Of<'object'>, json: JsonValue): JsonValue {
  const types = new Map(type.properties.map((property) => [property.name, property.type]));
  return mapObject(json, (name, part) => {
    const property = types.get(name);
    return property === undefined ? part : coerce(property, part);
  });
}

/** The first member that the value fits once it is coerced to it. */
function coerceUnion(type: Of<'union'>, json: JsonValue): JsonValue {
  for (const member of type.types) {
    const coerced = coerce(member, json);
    if (fits(member, coerced)) return coerced;
  }
  return json;
}

/** Whether a coerced value can be one of this type, as far as unions need to know. */
function fits(type: ParameterType, json: JsonValue): boolean {
  switch (type.kind) {
    case 'literal':
      return json === type.value;
    case 'string':
    case 'number':
    case 'boolean':
      return typeof json === type.kind || (type.kind === 'number' && isTyped(json, 'number'));
    case 'null':
      return json === null;
    case 'undefined':
      return isTyped(json, 'undefined');
    case 'list':
      return Array.isArray(json) && json.every((part: JsonValue) => fits(type.item, part));
    case 'tuple':
      return Array.isArray(json) && json.length <= type.items.length;
    case 'record':
      return isObject(json) && Object.values(json).every((part) => fits(type.value, part));
    case 'object':
      return isObject(json) && type.properties.every((it) => fitsProperty(it, json));
    case 'union':
      return type.types.some((member) => fits(member, json));
    case 'unknown':
      return true;
    default:
      return isTyped(json, type.kind);
  }
}

function fitsProperty(property: Of<'object'>['properties'][number], json: JsonObject): boolean {
  const value = json[property.name];
  return value === undefined ? property.optional : fits(property.type, value);
}

export function typed($type: string, value: JsonValue): JsonValue {
  return { $type, value };
}

function isTyped(json: JsonValue, $type: string): boolean {
  return isObject(json) && json['$type'] === $type;
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function mapList(json: JsonValue, map: (part: JsonValue, index: number) => JsonValue): JsonValue {
  return Array.isArray(json) ? json.map((part: JsonValue, index) => map(part, index)) : json;
}

function mapObject(json: JsonValue, map: (name: string, part: JsonValue) => JsonValue): JsonValue {
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([name, part]) => [name, map(name, part)]));
}
