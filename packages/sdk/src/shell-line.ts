import { isSame, placeholdersOf } from './command-template.ts';
import type { Placeholder, Template } from './command-template.ts';
import { placesOf } from './shell-quotes.ts';
import type { Quotes } from './shell-quotes.ts';

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
  const text = placesOf(line).map((it) =>
    typeof it === 'string' ? it : REFERENCE[it.quotes](`\${${nameOf(it.placeholder)}}`),
  );
  return given === '' ? text.join('') : `${given}; ${text.join('')}`;
}

/** The line as people and observers read it: with the values as words in it. */
export function readableLine(line: Template, fill: (placeholder: Placeholder) => string): string {
  const text = placesOf(line).map((it) =>
    typeof it === 'string' ? it : WORD[it.quotes](fill(it.placeholder)),
  );
  return text.join('');
}

/** One word, whatever is in the text. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A variable as one word, or as a part of one. */
const REFERENCE: Readonly<Record<Quotes, (variable: string) => string>> = {
  bare: (variable) => `"${variable}"`,
  double: (variable) => variable,
  single: (variable) => `'"${variable}"'`,
  arithmetic: (variable) => variable,
  document: (variable) => variable,
  verbatim: (variable) => variable,
};

/** A text that means itself. */
const WORD: Readonly<Record<Quotes, (text: string) => string>> = {
  bare: shellQuote,
  double: (text) => text.replaceAll(/[\\"$`]/g, String.raw`\$&`),
  single: (text) => text.replaceAll("'", `'\\''`),
  arithmetic: (text) => text,
  document: (text) => text,
  verbatim: (text) => text,
};
