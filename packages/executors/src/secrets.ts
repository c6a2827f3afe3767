import { encode, EncodingError } from '@skein/values';

/** Keeps the values of secrets from leaving an action (O7). */
export class Secrets {
  readonly #values: readonly { readonly name: string; readonly value: string }[];
  readonly #pattern: RegExp | undefined;

  /** Values come from the environment the action has. */
  constructor(names: readonly string[], environment: Readonly<Record<string, string | undefined>>) {
    const values = names.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [{ name, value }];
    });
    // One may begin like another: the rest of the longer one must not be left over.
    this.#values = values.toSorted((a, b) => b.value.length - a.value.length);
    if (values.length === 0) return;
    this.#pattern = new RegExp(this.#values.map(({ value }) => literally(value)).join('|'), 'g');
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
    if (this.#pattern === undefined) return text;
    return text.replaceAll(this.#pattern, (found) => {
      return `[${this.#values.find(({ value }) => value === found)?.name ?? ''}]`;
    });
  }

  /** How many of the last characters may be the beginning of a secret that goes on. */
  openEnd(text: string): number {
    let from = Math.max(0, text.length - (this.#values[0]?.value.length ?? 0) + 1);
    for (const { index, 0: found } of this.#occurrences(text)) {
      const open = this.#openFrom(text, from, index);
      if (open !== undefined) return text.length - open;
      from = Math.max(from, index + found.length);
    }
    return text.length - (this.#openFrom(text, from, text.length - 1) ?? text.length);
  }

  #openFrom(text: string, from: number, to: number): number | undefined {
    for (let at = from; at <= to; at += 1) {
      const end = text.slice(at);
      const isOpen = ({ value }: { readonly value: string }): boolean =>
        value.length > end.length && value.startsWith(end);
      if (this.#values.some(isOpen)) return at;
    }
    return undefined;
  }

  #occurrences(text: string): Iterable<RegExpExecArray> {
    return this.#pattern === undefined ? [] : text.matchAll(this.#pattern);
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

/** A pattern that the text alone matches. */
function literally(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
