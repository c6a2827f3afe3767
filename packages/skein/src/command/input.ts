import type { ParameterSchema } from '@skein/analysis';
import type { JsonValue } from '@skein/values';
import type { Failures } from './session.ts';

/** An input in JSON form, and how it came: messages name what the user wrote. */
export interface GivenInput {
  readonly parameter: ParameterSchema;
  readonly json: JsonValue;
  readonly by: 'flag' | 'input';
  /** True where flags named single properties. */
  readonly spread: boolean;
}

/** Real values in the order of the parameters, or everything that is wrong with what was given. */
export type Inputs =
  | { readonly ok: true; readonly args: readonly unknown[] }
  | { readonly ok: false; readonly failures: Failures };
