import type { TaskId } from '@skein/model';

/** What a task's parameters may be, by their TypeScript types. */
export interface InputSchema {
  readonly task: TaskId;
  readonly parameters: readonly ParameterSchema[];
}

export interface ParameterSchema extends PropertySchema {
  readonly rest: boolean;
  /** The default as written in the source. */
  readonly default?: string;
  /** The type as written, or as the checker writes it. */
  readonly typeText: string;
}

export interface PropertySchema {
  readonly name: string;
  readonly type: ParameterType;
  readonly optional: boolean;
  /** What the author wrote about it. */
  readonly doc?: string;
}

/** A type of the author's as far as inputs can be read and checked by it. */
export type ParameterType =
  | { readonly kind: PlainKind }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'list'; readonly item: ParameterType }
  | { readonly kind: 'tuple'; readonly items: readonly ParameterType[] }
  | { readonly kind: 'object'; readonly properties: readonly PropertySchema[] }
  /** An object with any keys. */
  | { readonly kind: 'record'; readonly value: ParameterType }
  | { readonly kind: 'map'; readonly key: ParameterType; readonly value: ParameterType }
  | { readonly kind: 'set'; readonly item: ParameterType }
  | { readonly kind: 'union'; readonly types: readonly ParameterType[] }
  /** Nothing that can be given from outside, such as a function. */
  | { readonly kind: 'unsupported'; readonly text: string };

/** Kinds without parts. `unknown` takes any value. */
export type PlainKind =
  | 'string'
  | 'number'
  | 'boolean'
  | 'bigint'
  | 'date'
  | 'bytes'
  | 'file'
  | 'dir'
  | 'null'
  | 'undefined'
  | 'unknown';
