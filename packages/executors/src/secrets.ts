import { encode, EncodingError } from '@skein/values';

/** Keeps the values of secrets from leaving an action (O7). */
export class Secrets {
  readonly #values: readonly { readonly name: string; readonly value: string }[];

  /** Values come from the environment the action has. */
  constructor(names: readonly string[], environment: Readonly<Record<string, string | undefined>>) {
    this.#values = names.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [{ name, value }];
    });
  }

  /** For `encode`: why a text may not be part of a value. */
  get refuseText(): ((text: string) => string | undefined) | undefined {
    if (this.#values.length === 0) return undefined;
    return (text) => {
      const found = this.#values.find(({ value }) => text.includes(value));
      return found === undefined ? undefined : `it holds the secret ${found.name}`;
    };
  }

  /** The text with each secret replaced by its name. */
  mask(text: string): string {
    let masked = text;
    for (const { name, value } of this.#values) masked = masked.replaceAll(value, `[${name}]`);
    return masked;
  }

  /** A field of an error: a text is masked, and what holds a secret deeper inside is not kept. */
  maskValue(value: unknown): unknown {
    if (typeof value === 'string') return this.mask(value);
    const { refuseText } = this;
    if (refuseText === undefined || typeof value !== 'object') return value;
    try {
      encode(value, { refuseText });
      return value;
    } catch (error) {
      if (error instanceof EncodingError) return `[not kept: ${error.reason}]`;
      throw error;
    }
  }
}
