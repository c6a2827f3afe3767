import type { Secrets } from './secrets.ts';

/**
 * Masks secrets in a text that comes in pieces (O7): a pipe cuts anywhere, and a program may print
 * a secret in two steps. What a secret could begin with waits for what follows.
 */
export class MaskedStream {
  readonly #secrets: Secrets;
  #held = '';

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  pass(text: string): string {
    const whole = this.#held + text;
    const end = whole.length - this.#secrets.openEnd(whole);
    this.#held = whole.slice(end);
    return this.#secrets.mask(whole.slice(0, end));
  }

  /** Nothing follows: what waited is all there is. */
  rest(): string {
    const text = this.#secrets.mask(this.#held);
    this.#held = '';
    return text;
  }
}
