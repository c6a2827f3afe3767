import { OMITTED } from '@skein/values';
import type { Digest } from '@skein/values';

interface AnsweredCall {
  readonly task: string;
  readonly inputs: readonly Digest[];
  readonly outcome: Digest;
}

/** Answers of this run that other code or data had a part in (R3), whoever may have kept them. */
export class Taints {
  readonly #answers = new Set<string>();

  add(call: AnsweredCall): void {
    this.#answers.add(nameOf(call));
  }

  has(call: AnsweredCall): boolean {
    return this.#answers.size > 0 && this.#answers.has(nameOf(call));
  }
}

/** What was left out says the same at the end of a list as nothing does. */
function nameOf({ task, inputs, outcome }: AnsweredCall): string {
  const last = inputs.findLastIndex((input) => input !== OMITTED);
  return [task, outcome, ...inputs.slice(0, last + 1)].join('|');
}
