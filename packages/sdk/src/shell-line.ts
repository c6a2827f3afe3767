import { fillTemplate, isSame, placeholdersOf } from './command-template.ts';
import type { Placeholder, Template } from './command-template.ts';

/*
 * A value never becomes text of a shell's line: it is assigned to a variable in front of the line,
 * and the line names the variable. So whatever is in it, and wherever the placeholder stands, the
 * shell does not run it (`echo "{inputs.text}"`, with `$(reboot)` as text).
 */

/** A line for `sh -c`. */
export function shellLine(line: Template, fill: (placeholder: Placeholder) => string): string {
  const used: Placeholder[] = [];
  for (const it of placeholdersOf(line)) if (!used.some((one) => isSame(one, it))) used.push(it);
  const nameOf = (it: Placeholder): string => `skein_${used.findIndex((one) => isSame(one, it))}`;
  const given = used.map((it) => `${nameOf(it)}=${shellQuote(fill(it))}`).join(' ');
  const quoting = new Quoting();
  const text = line.map((it) =>
    typeof it === 'string' ? quoting.pass(it) : REFERENCE[quoting.now](`\${${nameOf(it)}}`),
  );
  return given === '' ? text.join('') : `${given}; ${text.join('')}`;
}

/** The line as people and observers read it: with the values as words in it. */
export function readableLine(line: Template, fill: (placeholder: Placeholder) => string): string {
  return fillTemplate(line, (it) => shellQuote(fill(it)));
}

/** One word, whatever is in the text. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

type Quotes = 'bare' | 'double' | 'single';

/** A variable as one word, or as a part of one. */
const REFERENCE: Readonly<Record<Quotes, (variable: string) => string>> = {
  bare: (variable) => `"${variable}"`,
  double: (variable) => variable,
  single: (variable) => `'"${variable}"'`,
};

/**
 * Inside of which quotes a line has come to. A mistake costs no safety: a variable in the wrong
 * quotes is split, or not put in.
 */
class Quoting {
  /** One for each command substitution that is open. */
  readonly #open: { quotes: Quotes; depth: number }[] = [{ quotes: 'bare', depth: 0 }];
  #isEscaped = false;
  #inComment = false;
  #before = ' ';

  get now(): Quotes {
    return this.#innermost.quotes;
  }

  pass(text: string): string {
    for (const character of text) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#inComment) this.#inComment = character !== '\n';
      else this.#step(character);
      this.#before = character;
    }
    return text;
  }

  get #innermost(): { quotes: Quotes; depth: number } {
    return this.#open.at(-1) ?? { quotes: 'bare', depth: 0 };
  }

  #step(character: string): void {
    const at = this.#innermost;
    if (at.quotes === 'single') {
      if (character === "'") at.quotes = 'bare';
    } else if (character === '\\') this.#isEscaped = true;
    else if (character === '"') at.quotes = at.quotes === 'double' ? 'bare' : 'double';
    else if (character === '(' && this.#before === '$') {
      this.#open.push({ quotes: 'bare', depth: 0 });
    } else if (at.quotes === 'bare') this.#stepBare(character, at);
  }

  #stepBare(character: string, at: { quotes: Quotes; depth: number }): void {
    if (character === "'") at.quotes = 'single';
    else if (character === '#') this.#inComment = /[\s;&|()]/.test(this.#before);
    else if (character === '(') at.depth += 1;
    else if (character === ')') {
      if (at.depth > 0) at.depth -= 1;
      else if (this.#open.length > 1) this.#open.pop();
    }
  }
}
