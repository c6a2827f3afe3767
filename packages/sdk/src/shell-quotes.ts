import type { Placeholder, Template } from './command-template.ts';

/** What a place of a shell's line is inside of: `document` is `<<EOF`, `verbatim` `<<'EOF'`. */
export type Quotes = 'bare' | 'double' | 'single' | 'arithmetic' | 'document' | 'verbatim';

/** A placeholder, and where in the line it stands. */
export interface Placed {
  readonly placeholder: Placeholder;
  readonly quotes: Quotes;
}

/** The parts of a line, with the place of each placeholder. */
export function placesOf(line: Template): readonly (string | Placed)[] {
  const reader = new Reader();
  return line.map((it) =>
    typeof it === 'string' ? reader.pass(it) : { placeholder: it, quotes: reader.placed() },
  );
}

/** What is open: each command substitution has quotes of its own. */
interface Open {
  quotes: Quotes;
  depth: number;
  /** What closes it. */
  readonly end: ')' | '`';
}

/** A document that begins with the next line. */
interface Pending {
  readonly end: string;
  readonly isIndented: boolean;
  readonly quotes: 'document' | 'verbatim';
}

const DOCUMENT = /<<(-?)[ \t]*(?:'([^']*)'|"([^"]*)"|(\\?)([^\s;&|<>()'"`\\$]+))/y;

/**
 * Reads as much of a shell's grammar as it takes. A mistake costs no safety: a variable in the
 * wrong quotes is split, or not put in.
 */
class Reader {
  readonly #open: Open[] = [];
  #innermost: Open = { quotes: 'bare', depth: 0, end: ')' };
  readonly #pending: Pending[] = [];
  #document: Pending | undefined;
  /** Of a document: what has come of the line. */
  #line = '';
  #isEscaped = false;
  #inComment = false;
  #before = ' ';

  placed(): Quotes {
    this.#before = 'x';
    // No line with a value in it ends a document.
    this.#line += '\0';
    return this.#document?.quotes ?? this.#innermost.quotes;
  }

  pass(text: string): string {
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at] ?? '';
      if (this.#document !== undefined) this.#readDocument(character);
      else if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#inComment && character !== '\n') continue;
      else at += this.#step(character, text, at);
      this.#before = text[at] ?? '';
    }
    return text;
  }

  /** How many characters more belong to this one. */
  #step(character: string, text: string, at: number): number {
    const now = this.#innermost;
    if (now.quotes === 'single') {
      if (character === "'") now.quotes = 'bare';
    } else if (character === '\\') this.#isEscaped = true;
    else if (character === '`') this.#stepBacktick(now);
    else if (character === '(' && this.#before === '$') this.#enter(')');
    else if (now.quotes === 'arithmetic') this.#stepArithmetic(character, now);
    else if (character === '"') now.quotes = now.quotes === 'double' ? 'bare' : 'double';
    else if (now.quotes === 'bare') return this.#stepBare(character, text, at);
    return 0;
  }

  #stepBare(character: string, text: string, at: number): number {
    const now = this.#innermost;
    if (character === "'") now.quotes = 'single';
    else if (character === '#') this.#inComment = /[\s;&|()]/.test(this.#before);
    else if (character === '\n') this.#endLine();
    else if (character === '<') return this.#announce(text, at);
    else if (character === '(') {
      // `$((`
      if (this.#before === '(' && now.depth === 0 && text[at - 2] === '$')
        now.quotes = 'arithmetic';
      now.depth += 1;
    } else if (character === ')') this.#close(now);
    return 0;
  }

  #stepArithmetic(character: string, now: Open): void {
    if (character === '(') now.depth += 1;
    else if (character === ')') this.#close(now);
  }

  #stepBacktick(now: Open): void {
    if (now.end === '`') this.#leave();
    else this.#enter('`');
  }

  #close(now: Open): void {
    if (now.depth > 0) now.depth -= 1;
    else if (now.end === ')') this.#leave();
  }

  #enter(end: Open['end']): void {
    this.#open.push(this.#innermost);
    this.#innermost = { quotes: 'bare', depth: 0, end };
  }

  #leave(): void {
    this.#innermost = this.#open.pop() ?? this.#innermost;
  }

  /** `<<EOF` */
  #announce(text: string, at: number): number {
    if (text.startsWith('<<<', at)) return 2;
    DOCUMENT.lastIndex = at;
    const [whole, dash, single, double, escape, plain] = DOCUMENT.exec(text) ?? [];
    if (whole === undefined) return 0;
    const quotes = plain === undefined || escape !== '' ? 'verbatim' : 'document';
    const end = single ?? double ?? plain ?? '';
    this.#pending.push({ end, isIndented: dash !== '', quotes });
    return whole.length - 1;
  }

  #endLine(): void {
    this.#inComment = false;
    this.#document = this.#pending.shift();
    this.#line = '';
  }

  #readDocument(character: string): void {
    if (character !== '\n') {
      this.#line += character;
      return;
    }
    const { end, isIndented } = this.#document ?? {};
    const line = isIndented === true ? this.#line.replace(/^\t+/, '') : this.#line;
    if (line === end) this.#endLine();
    else this.#line = '';
  }
}
