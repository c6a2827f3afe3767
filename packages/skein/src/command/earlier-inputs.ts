import type { Failure, Result } from '@skein/model';
import type { JsonValue } from '@skein/values';

/** What stands for a parameter that was not given. */
export interface EarlierInputs {
  /** Arguments of the parameter, several where it is a rest; `undefined`: it had none. */
  readonly of: (index: number) => EarlierArguments;
  /**
   * The value of the only parameter in JSON form, for flags that replace single properties;
   * `undefined`: it had none.
   */
  readonly json: () => Result<JsonValue | undefined>;
}

export type EarlierArguments =
  | { readonly ok: true; readonly args: readonly unknown[] }
  | { readonly ok: false; readonly failure: Failure };
