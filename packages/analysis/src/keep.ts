import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SUM_LENGTH = 64;

/**
 * Keeps what analysis knows below the state directory. Nothing here is needed: a file that is
 * gone, cut short or damaged is as good as none (P4), and a state that cannot be written keeps
 * nothing. Kept as JSON, which Node reads several times faster than any other form.
 */
export class Keeper {
  readonly #folder: string;
  #serial = 0;
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A kept value, as it was saved; what it is, the name says. */
  load(name: string): unknown {
    const text = this.loadText(name);
    return text === undefined ? undefined : JSON.parse(text);
  }

  save(name: string, value: unknown): void {
    this.saveText(name, JSON.stringify(value));
  }

  loadText(name: string): string | undefined {
    let content: string;
    try {
      content = readFileSync(join(this.#folder, name), 'utf8');
    } catch {
      return undefined;
    }
    const text = content.slice(SUM_LENGTH);
    return content.slice(0, SUM_LENGTH) === sum(text) ? text : undefined;
  }

  saveText(name: string, text: string): void {
    const file = join(this.#folder, name);
    const temporary = `${file}.${process.pid}.${this.#serial++}`;
    try {
      if (!this.#made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
      this.#made.add(dirname(file));
      writeFileSync(temporary, sum(text) + text);
      renameSync(temporary, file);
    } catch {
      // Not kept: the next analysis does the work again.
    }
  }
}

function sum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
