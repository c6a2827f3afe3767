import { taskId } from './fake-workspace.ts';
import type { InputSchema, ParameterSchema, ParameterType } from '@skein/analysis';

export const string: ParameterType = { kind: 'string' };
export const number: ParameterType = { kind: 'number' };
export const boolean: ParameterType = { kind: 'boolean' };
export const bigint: ParameterType = { kind: 'bigint' };
export const date: ParameterType = { kind: 'date' };
export const file: ParameterType = { kind: 'file' };
export const dir: ParameterType = { kind: 'dir' };
export const unknown: ParameterType = { kind: 'unknown' };

export function list(item: ParameterType): ParameterType {
  return { kind: 'list', item };
}

export function union(...types: ParameterType[]): ParameterType {
  return { kind: 'union', types };
}

export function literal(value: string | number | boolean): ParameterType {
  return { kind: 'literal', value };
}

/** Names that end in `?` may be left out. */
export function object(properties: Readonly<Record<string, ParameterType>>): ParameterType {
  return {
    kind: 'object',
    properties: Object.entries(properties).map(([name, type]) => ({
      name: name.replace(/\?$/, ''),
      type,
      optional: name.endsWith('?'),
    })),
  };
}

export function schemaOf(parameters: Readonly<Record<string, ParameterType>>): InputSchema {
  return {
    task: taskId('main'),
    parameters: Object.entries(parameters).map(([name, type]): ParameterSchema => {
      const optional = name.endsWith('?');
      return { name: name.replace(/\?$/, ''), type, optional, rest: false, typeText: '' };
    }),
  };
}
