import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { reach } from '@skein/model';

const SUM_LENGTH = 64;

/** A stretch of a kept text, in bytes, with the beginning of its sum. */
export interface KeptStretch {
  readonly start: number;
  readonly end: number;
  readonly sum: string;
}

/** As much of a stretch's sum as tells damage. */
const SHORT_SUM_LENGTH = 16;

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

  /** Where something is kept. */
  path(name: string): string {
    return join(this.#folder, name);
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
    const content = this.#read(name);
    if (content === undefined) return undefined;
    const text = content.slice(SUM_LENGTH);
    return content.slice(0, SUM_LENGTH) === sumOf(text) ? text : undefined;
  }

  saveText(name: string, text: string): void {
    this.#write(name, sumOf(text) + text);
  }

  /** Keeps a text in a folder under its own sum, which it gives. */
  saveContent(folder: string, text: string): string {
    const name = sumOf(text);
    this.#write(`${folder}/${name}`, text);
    return name;
  }

  loadContent(folder: string, name: string): string | undefined {
    const text = this.#read(`${folder}/${name}`);
    return text !== undefined && sumOf(text) === name ? text : undefined;
  }

  /** Part of a content; the rest of it is not looked at. */
  loadStretch(folder: string, name: string, stretch: KeptStretch): string | undefined {
    const { start, end, sum } = stretch;
    const bytes = Buffer.alloc(end - start);
    try {
      const file = openSync(this.path(`${folder}/${name}`), 'r');
      try {
        readSync(file, bytes, 0, bytes.length, start);
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
    const text = bytes.toString('utf8');
    return shortSum(text) === sum ? text : undefined;
  }

  #read(name: string): string | undefined {
    try {
      return readFileSync(this.path(name), 'utf8');
    } catch {
      return undefined;
    }
  }

  #write(name: string, content: string): void {
    const file = this.path(name);
    const temporary = `${file}.${process.pid}.${this.#serial++}`;
    try {
      if (!this.#made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
      this.#made.add(dirname(file));
      writeFileSync(temporary, content);
      reach('analysis-before-rename');
      renameSync(temporary, file);
      reach('analysis-after-rename');
    } catch {
      // Not kept: the next analysis does the work again.
    }
  }
}

export function shortSum(text: string): string {
  return sumOf(text).slice(0, SHORT_SUM_LENGTH);
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
